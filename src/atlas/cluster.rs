//! Neighbours to measures: average linkage, so that no chain of likenesses joins what is not alike.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use super::neighbours::Edge;
use super::profile::Profile;

/// Clauses of one document in one measure: a document says the same thing in a summary, in a plan and in
/// a table, and splits it into parts; rarely more often.
const OF_DOCUMENT: u32 = 5;
/// Clauses of either side that speak for a cluster with a neighbour whose likeness is not known yet.
const SPEAKERS: usize = 16;

/// Sum of likenesses over pairs of clauses of different documents, and how many pairs.
#[derive(Clone, Copy, Debug, Default)]
struct Link {
    sum: f64,
    pairs: f64,
}

impl Link {
    fn average(self) -> f32 {
        if self.pairs > 0.0 { (self.sum / self.pairs) as f32 } else { f32::NEG_INFINITY }
    }

    fn plus(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, pairs: self.pairs + other.pairs }
    }
}

/// A cluster that may still grow.
#[derive(Debug, Default)]
struct Cluster {
    /// Items, in the order in which they came.
    members: Vec<u32>,
    /// How many of each document.
    of_document: BTreeMap<u32, u32>,
    /// Clusters that an edge leads to.
    links: BTreeMap<u32, Link>,
}

impl Cluster {
    fn fits(&self, other: &Self) -> bool {
        let (small, large) =
            if self.of_document.len() < other.of_document.len() { (self, other) } else { (other, self) };
        let of = |document| large.of_document.get(document).copied().unwrap_or(0);
        small.of_document.iter().all(|(document, count)| count + of(document) <= OF_DOCUMENT)
    }
}

/// Two clusters that may be joined; the most alike first, then the earliest.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Joint {
    average: f32,
    first: u32,
    second: u32,
}

impl Eq for Joint {}

impl Ord for Joint {
    fn cmp(&self, other: &Self) -> Ordering {
        let places = |joint: &Self| (joint.first, joint.second);
        self.average.total_cmp(&other.average).then_with(|| places(other).cmp(&places(self)))
    }
}

impl PartialOrd for Joint {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Groups items 0 to `profiles.len()`: the two most alike clusters are joined again and again while their
/// clauses of different documents are alike by `like` on average. Two clusters can only be that alike when
/// an edge joins them, so edges are all that is looked at. Members ascend; single items are groups too.
pub(super) fn clusters(profiles: &[&Profile], edges: &[Edge], owners: &[u32], like: f32) -> Vec<Vec<u32>> {
    let mut joining = Joining::new(profiles, edges, owners, like);
    while let Some(joint) = joining.heap.pop() {
        joining.join(joint);
    }
    let mut groups: Vec<Vec<u32>> =
        joining.clusters.into_iter().flatten().map(|cluster| cluster.members).collect();
    for members in &mut groups {
        members.sort_unstable();
    }
    groups.sort();
    groups
}

struct Joining<'a> {
    profiles: &'a [&'a Profile],
    owners: &'a [u32],
    like: f32,
    /// By number; none once joined into another. Numbers are not used again.
    clusters: Vec<Option<Cluster>>,
    heap: BinaryHeap<Joint>,
}

impl<'a> Joining<'a> {
    fn new(profiles: &'a [&'a Profile], edges: &[Edge], owners: &'a [u32], like: f32) -> Self {
        let single = |(item, owner): (u32, &u32)| {
            let of_document = BTreeMap::from([(*owner, 1)]);
            Some(Cluster { members: vec![item], of_document, links: BTreeMap::new() })
        };
        let clusters = (0..profiles.len() as u32).zip(owners).map(single).collect();
        let mut joining = Self { profiles, owners, like, clusters, heap: BinaryHeap::new() };
        for edge in edges {
            joining.link(edge.first, edge.second, Link { sum: f64::from(edge.likeness), pairs: 1.0 });
        }
        joining
    }

    fn cluster(&self, number: u32) -> Option<&Cluster> {
        self.clusters.get(number as usize)?.as_ref()
    }

    fn take(&mut self, number: u32) -> Option<Cluster> {
        self.clusters.get_mut(number as usize)?.take()
    }

    /// Notes the likeness of two clusters, for each of them and for the heap.
    fn link(&mut self, first: u32, second: u32, link: Link) {
        for (one, other) in [(first, second), (second, first)] {
            if let Some(Some(cluster)) = self.clusters.get_mut(one as usize) {
                cluster.links.insert(other, link);
            }
        }
        let average = link.average();
        if average >= self.like {
            self.heap.push(Joint { average, first: first.min(second), second: first.max(second) });
        }
    }

    /// Joins two clusters, if both are still there and fit.
    fn join(&mut self, joint: Joint) {
        let both = self.cluster(joint.first).zip(self.cluster(joint.second));
        if !both.is_some_and(|(a, b)| a.fits(b)) {
            return;
        }
        let (Some(mut a), Some(b)) = (self.take(joint.first), self.take(joint.second)) else { return };
        let links = self.common_links(joint, &a, &b);
        a.members.extend(b.members);
        for (document, count) in b.of_document {
            *a.of_document.entry(document).or_insert(0) += count;
        }
        a.links.clear();
        let number = self.clusters.len() as u32;
        self.clusters.push(Some(a));
        for (neighbour, link) in links {
            if let Some(Some(cluster)) = self.clusters.get_mut(neighbour as usize) {
                cluster.links.remove(&joint.first);
                cluster.links.remove(&joint.second);
            }
            self.link(number, neighbour, link);
        }
    }

    /// Likeness of `a` and `b` together with each neighbour of either that is still there.
    fn common_links(&self, joint: Joint, a: &Cluster, b: &Cluster) -> BTreeMap<u32, Link> {
        let mut links = BTreeMap::new();
        for neighbour in a.links.keys().chain(b.links.keys()).copied() {
            if neighbour == joint.first || neighbour == joint.second || links.contains_key(&neighbour) {
                continue;
            }
            let Some(other) = self.cluster(neighbour) else { continue };
            let of = |cluster: &Cluster| {
                cluster.links.get(&neighbour).copied().unwrap_or_else(|| self.measure(cluster, other))
            };
            links.insert(neighbour, of(a).plus(of(b)));
        }
        links
    }

    /// Likeness of two clusters that no edge joins; of large ones by some of their clauses.
    fn measure(&self, a: &Cluster, b: &Cluster) -> Link {
        let mut link = Link::default();
        for first in a.members.iter().take(SPEAKERS) {
            for second in b.members.iter().take(SPEAKERS) {
                let owner = |item: &u32| self.owners.get(*item as usize);
                let profile = |item: &u32| self.profiles.get(*item as usize);
                if let (Some(one), Some(other)) = (profile(first), profile(second))
                    && owner(first) != owner(second)
                {
                    link.sum += f64::from(one.likeness(other));
                    link.pairs += 1.0;
                }
            }
        }
        let spoken = a.members.len().min(SPEAKERS) * b.members.len().min(SPEAKERS);
        let scale = (a.members.len() * b.members.len()) as f64 / spoken.max(1) as f64;
        Link { sum: link.sum * scale, pairs: link.pairs * scale }
    }
}
