//! What a person reads of the figures.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use super::report::{BuildFigures, SizeReport};

/// The figures of every size: one table of builds, one of queries.
pub fn render(sizes: &[SizeReport]) -> String {
    let mut text = builds(sizes).to_string();
    for size in sizes {
        let _ = write!(text, "\n\n{} clauses\n{}", size.build.clauses, queries(size));
    }
    text
}

fn builds(sizes: &[SizeReport]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    let heads = sizes.iter().map(|size| format!("{} clauses", size.build.clauses));
    table.set_header(std::iter::once("build and open".to_owned()).chain(heads));
    let mut row = |name: &str, value: &dyn Fn(&SizeReport) -> String| {
        table.add_row(std::iter::once(name.to_owned()).chain(sizes.iter().map(value)));
    };
    row("documents", &|size| size.build.documents.to_string());
    row("model", &|size| size.build.model.clone().unwrap_or_else(|| "none".to_owned()));
    row("first build, s", &|size| format!("{:.1}", size.build.seconds));
    row("clauses a second", &|size| rate(size.build.clauses, &size.build));
    row("characters a second", &|size| rate(size.build.characters, &size.build));
    for stage in names(sizes, |size| size.build.stages.keys()) {
        row(&format!("  {stage}, s"), &|size| {
            size.build.stages.get(&stage).map_or(String::new(), |time| format!("{time:.2}"))
        });
    }
    row("texts embedded", &|size| size.build.embedded.to_string());
    row("unchanged build, s", &|size| format!("{:.2}", size.rebuild.seconds));
    row("  of the first, %", &|size| format!("{:.2}", 100.0 * size.rebuild.seconds / size.build.seconds));
    row("  texts embedded", &|size| size.rebuild.embedded.to_string());
    row("tokens a second", &|size| embedding(size, |figures| format!("{:.0}", figures.tokens_per_second)));
    row("texts a second", &|size| embedding(size, |figures| format!("{:.1}", figures.texts_per_second)));
    row("over bare ONNX Runtime", &|size| {
        embedding(size, |figures| format!("{:.2} ({})", figures.ratio, figures.bare_setting))
    });
    for part in names(sizes, |size| size.build.disk.keys()) {
        row(&format!("  disk: {part}, MB"), &|size| {
            size.build.disk.get(&part).map_or(String::new(), |bytes| megabytes(*bytes))
        });
    }
    row("disk, MB", &|size| megabytes(size.build.disk.values().sum()));
    row("peak RSS of the build, MB", &|size| megabytes(size.build.peak_bytes));
    row("open, s", &|size| format!("{:.2}", size.query.open_seconds));
    row("RSS opened, MB", &|size| megabytes(size.query.opened_bytes));
    row("RSS steady, MB", &|size| megabytes(size.query.steady_bytes));
    row("  of it anonymous, MB", &|size| megabytes(size.query.anonymous_bytes));
    row("graph", &|size| if size.query.has_graph { "yes" } else { "no" }.to_owned());
    row("recall@10 of vectors", &|size| {
        let shares = size.query.filtered_recall_at_10.iter().flatten();
        shares.map(|recall| format!("{recall:.3}")).collect::<Vec<_>>().join(" ")
    });
    table
}

fn rate(count: usize, build: &BuildFigures) -> String {
    format!("{:.0}", count as f64 / build.seconds.max(1e-9))
}

fn embedding(size: &SizeReport, read: impl Fn(&super::EmbeddingFigures) -> String) -> String {
    size.embedding.as_ref().map_or_else(String::new, read)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

/// Every name that one of the sizes has.
fn names<'a, N: Iterator<Item = &'a String>>(
    sizes: &'a [SizeReport],
    of: impl Fn(&'a SizeReport) -> N,
) -> Vec<String> {
    let all: BTreeSet<&String> = sizes.iter().flat_map(of).collect();
    all.into_iter().cloned().collect()
}

fn queries(size: &SizeReport) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header([
        "mode",
        "vectors",
        "filter keeps",
        "clients",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "answers/s",
    ]);
    for row in &size.query.rows {
        for latency in &row.latency {
            table.add_row([
                row.mode.clone(),
                row.model.clone(),
                format!("{:.2}%", row.share * 100.0),
                latency.clients.to_string(),
                format!("{:.2}", latency.p50_ms),
                format!("{:.2}", latency.p95_ms),
                format!("{:.2}", latency.p99_ms),
                format!("{:.0}", latency.per_second),
            ]);
        }
    }
    table
}
