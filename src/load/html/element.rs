//! What an element is by its name, its classes and its style.

use scraper::node::Element;

/// Elements whose text no reader sees as text.
pub(super) fn is_invisible(element: &Element) -> bool {
    const NEVER: [&str; 18] = [
        "script", "style", "noscript", "template", "title", "select", "option", "button", "iframe", "object",
        "svg", "video", "audio", "canvas", "datalist", "map", "textarea", "label",
    ];
    let style = || element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    NEVER.contains(&element.name())
        || element.attr("hidden").is_some()
        || style().contains("display:none")
        || style().contains("visibility:hidden")
}

/// Elements that begin and end a line.
pub(super) fn is_block(name: &str) -> bool {
    is_container(name)
        || matches!(
            name,
            "p" | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "li"
                | "dt"
                | "dd"
                | "pre"
                | "hr"
                | "tr"
                | "caption"
                | "figcaption"
                | "legend"
                | "address"
        )
}

/// Elements that a page is laid out with, as against parts of a document such as lists.
pub(super) fn is_frame(name: &str) -> bool {
    is_container(name) && !matches!(name, "ul" | "ol" | "dl" | "blockquote" | "figure" | "details")
}

/// Elements that hold others.
fn is_container(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "body"
            | "div"
            | "section"
            | "article"
            | "main"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "ul"
            | "ol"
            | "dl"
            | "form"
            | "center"
            | "blockquote"
            | "fieldset"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "figure"
            | "ucapcontent"
            | "details"
    )
}

/// Elements that by their name, role or class surround a document.
pub(super) fn is_furniture(element: &Element) -> bool {
    const ROLES: [&str; 5] = ["navigation", "banner", "contentinfo", "search", "complementary"];
    const WORDS: &[&str] = &[
        "nav",
        "navbar",
        "menu",
        "breadcrumb",
        "breadcrumbs",
        "crumb",
        "crumbs",
        "footer",
        "foot",
        "bottom",
        "sidebar",
        "share",
        "sharebox",
        "bdshare",
        "print",
        "printer",
        "toolbar",
        "tools",
        "related",
        "recommend",
        "copyright",
        "position",
        "location",
        "curpos",
        "currentpos",
        "search",
        "login",
        "pagination",
        "pager",
        "friendlink",
        "yqlj",
        "qrcode",
        "ewm",
        "erweima",
        "fontsize",
        "zihao",
        "prevnext",
        "sitemap",
        "banner",
        "topbar",
        "comment",
        "comments",
        "liuyan",
        "pinglun",
        "feedback",
        "dqwz",
        "weizhi",
    ];
    matches!(element.name(), "nav" | "footer" | "aside")
        || element.attr("role").is_some_and(|role| ROLES.contains(&role))
        // LibreOffice marks the header and footer of pages so.
        || element.attr("title").is_some_and(|title| matches!(title, "header" | "footer"))
        || names(element).any(|name| WORDS.contains(&name.as_str()))
}

/// Elements that by their class hold the document's title.
pub(super) fn is_title(element: &Element) -> bool {
    names(element).any(|name| matches!(name.as_str(), "title" | "biaoti" | "headline" | "bt" | "subtitle"))
}

/// The words of an element's classes and id, lower-case: `page-footer` is `page` and `footer`.
pub(super) fn names(element: &Element) -> impl Iterator<Item = String> {
    let attributes = [element.attr("class"), element.attr("id")].into_iter().flatten();
    attributes
        .flat_map(|value| value.split([' ', '-', '_', '\t', '\n']).filter(|word| !word.is_empty()))
        .map(str::to_ascii_lowercase)
}
