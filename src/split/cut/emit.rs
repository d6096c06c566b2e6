//! Adds headings and clauses, cut to size, each under an id of its own.

use super::text::{adjoining, all};
use super::{Above, Cutter, MAX_CLAUSE, Piece};
use crate::model::ClauseKind;
use crate::split::block::Role;
use crate::split::outline::Node;
use crate::split::{ClauseDraft, Heading, ids, sizing};

impl Cutter<'_> {
    /// Adds the heading of `indices`: one range for each run of adjoining lines.
    pub(super) fn push_heading(&mut self, indices: &[usize], level: u8) {
        for run in adjoining(indices) {
            let Some(range) = self.span(&run) else { continue };
            let text = self.text.joined(&run);
            self.split.headings.push(Heading { level, text, range });
        }
    }

    /// Adds the clause of a node's `indices`.
    pub(super) fn push(&mut self, indices: &[usize], above: &Above, node: &Node, kind: ClauseKind) {
        self.emit(indices, above, Some(node), kind, &node.token);
    }

    /// Adds a node with all that is within it as one clause.
    pub(super) fn push_whole(&mut self, node: &Node, above: &Above, kind: ClauseKind) {
        self.push(&all(node), above, node, kind);
    }

    /// Adds the clause of `indices`. Where another line stands between them (a signature, a table
    /// of its own) the clause ends, and what follows is a clause without a number.
    pub(super) fn emit(
        &mut self,
        indices: &[usize],
        above: &Above,
        node: Option<&Node>,
        kind: ClauseKind,
        token: &str,
    ) {
        for (count, run) in adjoining(indices).into_iter().enumerate() {
            if count > 0 {
                let inner =
                    node.map_or_else(|| above.clone(), |node| above.within(node, self.text.heading(node)));
                self.push_paragraphs(&run, &inner, if node.is_some() { ClauseKind::Other } else { kind });
                continue;
            }
            let id_path = self.unique(&ids::path(&above.id, token));
            self.push_pieces(&run, above, node, kind, &id_path);
        }
    }

    fn push_pieces(
        &mut self,
        run: &[usize],
        above: &Above,
        node: Option<&Node>,
        kind: ClauseKind,
        id_path: &str,
    ) {
        let Some(range) = self.span(run) else { return };
        let text = self.text.source.text.get(range.clone()).unwrap_or_default();
        for (part, piece) in sizing::pieces(text, MAX_CLAUSE).into_iter().enumerate() {
            let piece = range.start + piece.start..range.start + piece.end;
            let mut path = above.path.clone();
            if part > 0 {
                path.extend(node.map(|node| self.text.heading(node)));
            }
            self.split.clauses.push(ClauseDraft {
                id_path: if part > 0 { format!("{id_path}__part_{}", part + 1) } else { id_path.to_owned() },
                path,
                number: node.and_then(|node| self.text.number(node)),
                kind,
                table: if kind == ClauseKind::Table { self.rows(run, &piece) } else { Vec::new() },
                line: self.line_at(run, piece.start),
                range: piece,
                inherited: above.inherited.clone(),
            });
        }
    }

    /// The line of the file as received where `offset` stands.
    fn line_at(&self, run: &[usize], offset: usize) -> u32 {
        let blocks = self.text.blocks(run);
        blocks.take_while(|block| block.range.start <= offset).last().map_or(0, |block| block.line)
    }

    fn rows(&self, run: &[usize], piece: &Piece) -> Vec<Vec<String>> {
        let rows = self.text.blocks(run).filter(|block| block.role == Role::Row);
        let inside = rows.filter(|block| block.range.start >= piece.start && block.range.end <= piece.end);
        inside.map(|block| super::table::cells(&block.text)).collect()
    }

    /// An id path that no other clause has.
    fn unique(&mut self, id_path: &str) -> String {
        let id_path = if id_path.is_empty() { "text" } else { id_path };
        let times = self.taken.entry(id_path.to_owned()).or_insert(0);
        *times += 1;
        if *times == 1 { id_path.to_owned() } else { format!("{id_path}-{times}") }
    }

    /// The byte range from the first to the last of adjoining blocks.
    pub(super) fn span(&self, run: &[usize]) -> Option<Piece> {
        let (first, last) = (run.first()?, run.last()?);
        Some(self.text.range(*first).start..self.text.range(*last).end)
    }
}
