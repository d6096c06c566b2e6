//! What every page has around its content.

use crate::serve::assets;
use crate::serve::state::AppState;

/// What the base template needs.
#[derive(Debug)]
pub(super) struct Layout {
    /// Title of the page, without the product's name.
    pub(super) title: String,
    /// What stands in the search box.
    pub(super) query: String,
    /// Which entry of the navigation is this page's: `search`, `documents`, `docs` or none.
    pub(super) section: &'static str,
    /// Whether semantic search is off for want of a model.
    pub(super) is_model_absent: bool,
    /// Whether that is because the index was made with another model.
    pub(super) is_model_mismatched: bool,
    /// What a form that writes must send back, as its first field, `_csrf`; none where nothing asks for it.
    pub(super) csrf: Option<String>,
    /// Address of the style sheet.
    pub(super) css: String,
    /// Address of the script.
    pub(super) script: String,
    /// Address of the icon.
    pub(super) icon: String,
}

impl Layout {
    /// The layout of a page that stands alone.
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            query: String::new(),
            section: "",
            is_model_absent: false,
            is_model_mismatched: false,
            csrf: None,
            css: assets::address("app.css"),
            script: assets::address("app.js"),
            icon: assets::address("icon.svg"),
        }
    }

    /// The layout of a page of `section` over `state`.
    pub(super) fn of(state: &AppState, section: &'static str, title: impl Into<String>) -> Self {
        Self {
            section,
            is_model_absent: !state.has_model(),
            is_model_mismatched: state.mismatch().is_some(),
            ..Self::new(title)
        }
    }

    /// Address of the static file `name`, for a page's own style sheet or script.
    #[expect(clippy::unused_self, reason = "templates call it on what they have")]
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The same layout for a page with forms that send `token` back.
    pub(super) fn with_token(mut self, token: Option<String>) -> Self {
        self.csrf = token;
        self
    }

    /// The same layout with `query` in the box.
    pub(super) fn with_query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }
}
