//! Links by which a page's answer is kept as a table.

use crate::export::Format;
use crate::serve::query::to_query;

/// A link to the answer as a file.
#[derive(Debug)]
pub(super) struct ExportLink {
    /// Its address.
    pub(super) href: String,
    /// What a person reads.
    pub(super) label: &'static str,
}

/// Links to the answer that the parameters `pairs` ask for, in the formats that staff open.
pub(super) fn links(pairs: &[(String, String)]) -> Vec<ExportLink> {
    let link = |format: Format, label| {
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let query = to_query(pairs.chain([("format", format.suffix())]));
        ExportLink { href: format!("/v1/export?{query}"), label }
    };
    vec![link(Format::Xlsx, "导出 Excel"), link(Format::Csv, "导出 CSV")]
}
