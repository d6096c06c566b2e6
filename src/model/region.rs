use serde::{Deserialize, Serialize};

/// Where a document is in force: an administrative division with its GB/T 2260 code and parents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Region {
    /// Six-digit GB/T 2260 code.
    #[schema(example = "340603")]
    pub code: String,
    /// Full name of the division itself.
    #[schema(example = "相山区")]
    pub name: String,
    /// Province, autonomous region or municipality; none for the whole country.
    #[schema(example = "安徽省")]
    pub province: Option<String>,
    /// Prefecture-level city; none for a province or for the whole country.
    #[schema(example = "淮北市")]
    pub city: Option<String>,
}
