//! One of three nodes killed while people search and documents come in.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::nodes::Nodes;
use super::{Service, ids, say};

/// How long there is load before and after the kill.
const BEFORE: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_secs(20);
/// Clients that search.
const CLIENTS: usize = 3;
/// Clients that put documents in, one after the other.
const WRITERS: usize = 8;

const QUERIES: [&str; 6] = [
    "新公司注册最快多久能办完",
    "用水用气外线工程",
    "想把公司关掉",
    "施工许可证 限额",
    "\"不动产登记\"",
    "办电要几天",
];

#[derive(Default)]
struct Count {
    right: AtomicUsize,
    failed: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

pub(super) fn of_a_node(nodes: &mut Nodes, services: &[Service; 2]) {
    // What was indexed before: its answers stay the same, whatever documents come in meanwhile.
    let (as_of, expected) = answers_now(&services[0]);
    let (searches, puts) = (Count::default(), Count::default());
    let leader = nodes.leader();
    let acknowledged: Mutex<Vec<String>> = Mutex::default();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (service, expected, searches, is_over, as_of) =
                (&services[client % 2], &expected, &searches, &is_over, &as_of);
            scope.spawn(move || search(service, expected, as_of, searches, is_over));
        }
        let (puts, acknowledged, is_over) = (&puts, &acknowledged, &is_over);
        for client in 0..WRITERS {
            scope.spawn(move || put(services, client, puts, acknowledged, is_over));
        }
        std::thread::sleep(BEFORE);
        nodes.kill(leader);
        std::thread::sleep(AFTER);
        is_over.store(true, Ordering::Relaxed);
    });
    let acknowledged = acknowledged.into_inner();
    let lost = lost(services, &acknowledged);
    let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    say(format_args!(
        "node {leader}, which led the others, killed under load: {} searches right, {} failed, {} wrong; {} documents acknowledged, {} refused, {} lost",
        count(&searches.right),
        count(&searches.failed),
        searches.wrong.lock().len(),
        acknowledged.len(),
        count(&puts.failed),
        lost.len()
    ));
    assert!(searches.wrong.lock().is_empty(), "{:?}", searches.wrong.lock());
    assert!(lost.is_empty(), "{lost:?}");
    assert!(count(&searches.right) > 0 && !acknowledged.is_empty());
}

/// The time now, and what each query finds as of now.
fn answers_now(service: &Service) -> (String, Vec<Vec<String>>) {
    let as_of = tiaokuan::index::received_at(time::OffsetDateTime::now_utc()).unwrap();
    let expected = QUERIES.map(|query| {
        let (status, answer) = service.post("/v1/search", &request(query, &as_of));
        assert_eq!(status, 200, "{answer}");
        ids(&answer)
    });
    (as_of, expected.to_vec())
}

fn request(query: &str, as_of: &str) -> Value {
    json!({"query": query, "as_of": as_of, "limit": 10})
}

fn search(service: &Service, expected: &[Vec<String>], as_of: &str, count: &Count, is_over: &AtomicBool) {
    for (query, expected) in QUERIES.iter().zip(expected).cycle() {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let (status, answer) = service.post("/v1/search", &request(query, as_of));
        match status {
            200 if ids(&answer) == *expected => drop(count.right.fetch_add(1, Ordering::Relaxed)),
            200 => count.wrong.lock().push(format!("{query}: {:?} for {expected:?}", ids(&answer))),
            _ => drop(count.failed.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

/// What document `number` says, which no other says.
fn mark(number: usize) -> String {
    format!("编号{number}甲乙丙的专用窗口")
}

fn put(
    services: &[Service; 2],
    client: usize,
    count: &Count,
    acknowledged: &Mutex<Vec<String>>,
    is_over: &AtomicBool,
) {
    for number in (1_000 + client..).step_by(WRITERS) {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let text = format!(
            "青田区实施方案\n\n一、企业开办\n1.设立{}，当日办结。（区市场监管局牵头）\n",
            mark(number)
        );
        let id = format!("put-{number}");
        let service = &services[client % 2];
        match service.put(&format!("/v1/documents/{id}?file={id}.txt"), &text).0 {
            200..300 => acknowledged.lock().push(id),
            _ => drop(count.failed.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

/// How long every process is given to see what came in, after a node was lost: what it does not have by then it never
/// gets.
const SEEN: Duration = Duration::from_mins(1);

/// Which of the `acknowledged` documents a process does not have or does not find, and what it answered.
fn lost(services: &[Service; 2], acknowledged: &[String]) -> Vec<String> {
    let lacking = |number: usize, id: &String| {
        let service = &services[number];
        let mark = mark(id.trim_start_matches("put-").parse().unwrap());
        let search = json!({"query": format!("\"{mark}\""), "limit": 3});
        let (searched, answer) = service.post("/v1/search", &search);
        let read = service.get(&format!("/v1/documents/{id}")).0;
        let is_found = ids(&answer).iter().any(|found| found.starts_with(id.as_str()));
        let generation = &answer["generation"];
        (read != 200 || !is_found)
            .then(|| format!("{id} in {number}: document {read}, search {searched}, generation {generation}"))
    };
    let began = Instant::now();
    loop {
        let lost: Vec<String> =
            acknowledged.iter().flat_map(|id| (0..2).filter_map(move |at| lacking(at, id))).collect();
        if lost.is_empty() || began.elapsed() > SEEN {
            say(format_args!("all looked for in both processes after {:?}", began.elapsed()));
            return lost;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}
