//! What the schema of one type cannot say: which of its fields exclude each other, and how a request's shape
//! follows from another field.

use utoipa::Number;
use utoipa::openapi::schema::{AdditionalProperties, AllOfBuilder, ObjectBuilder, SchemaType};
use utoipa::openapi::{Components, OneOfBuilder, Ref, RefOr, Schema, Type};

use crate::export::MAX_ROWS;

/// Schemas of which exactly one of these fields has a value.
const EXACTLY_ONE: [(&str, &[&str]); 3] = [
    ("SimilarRequest", &["clause_id", "text"]),
    ("BatchItem", &["clause_id", "text"]),
    ("CompareRequest", &["clause_id", "text", "query"]),
];

/// States the choices in `components`, which has the schemas of all types.
pub(super) fn add(components: &mut Components) {
    // Before the others, of whose objects it takes two over.
    if let Some(export) = export_request(components) {
        components.schemas.insert("ExportRequest".to_owned(), export);
    }
    for (name, fields) in EXACTLY_ONE {
        if let Some(schema) = components.schemas.get_mut(name) {
            *schema = with_exactly_one(schema.clone(), fields);
        }
    }
}

fn with_exactly_one(schema: RefOr<Schema>, fields: &[&str]) -> RefOr<Schema> {
    let choice = fields.iter().map(|chosen| {
        fields.iter().fold(ObjectBuilder::new().required(*chosen), |branch, field| {
            let kind = if field == chosen { Type::String } else { Type::Null };
            branch.property(*field, ObjectBuilder::new().schema_type(SchemaType::new(kind)))
        })
    });
    let choice = choice.fold(OneOfBuilder::new(), OneOfBuilder::item);
    AllOfBuilder::new().item(schema).item(choice).into()
}

/// An export asks for something else by its kind.
fn export_request(components: &Components) -> Option<RefOr<Schema>> {
    let search = unpaged(components.schemas.get("SearchRequest")?)?;
    let similar = with_exactly_one(unpaged(components.schemas.get("SimilarRequest")?)?, EXACTLY_ONE[0].1);
    let comparison = Ref::from_schema_name("CompareRequest").into();
    let null = ObjectBuilder::new().schema_type(SchemaType::new(Type::Null));
    let said = "What to export: `request` is what `/v1/search`, `/v1/similar` or `/v1/compare` takes, and nothing for \
                `documents`. The `limit` of the first two may be up to 1,000 and is that without it; there is no \
                `cursor`.";
    let choice = OneOfBuilder::new()
        .item(of_kind("search", Some(search)))
        .item(of_kind("similar", Some(similar)))
        .item(of_kind("comparison", Some(comparison)))
        .item(of_kind("documents", None).property("request", null))
        .description(Some(said));
    Some(choice.into())
}

fn of_kind(kind: &str, request: Option<RefOr<Schema>>) -> ObjectBuilder {
    let name = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some([kind]));
    let object = ObjectBuilder::new()
        .property("kind", name)
        .required("kind")
        .property("format", Ref::from_schema_name("Format"))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    match request {
        Some(request) => object.property("request", request).required("request"),
        None => object,
    }
}

/// The request `schema` for all rows at once.
fn unpaged(schema: &RefOr<Schema>) -> Option<RefOr<Schema>> {
    let RefOr::T(Schema::Object(object)) = schema else { return None };
    let mut object = object.clone();
    object.properties.remove("cursor");
    if let Some(RefOr::T(Schema::Object(limit))) = object.properties.get_mut("limit") {
        limit.maximum = Some(Number::from(MAX_ROWS));
        limit.default = Some(MAX_ROWS.into());
        limit.description = Some("Rows at most.".to_owned());
    }
    Some(Schema::Object(object).into())
}
