//! Shapes of values for the API's description that their types alone do not say.

use utoipa::openapi::schema::{
    AnyOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType,
};
use utoipa::openapi::{OneOfBuilder, RefOr, Schema, Type};

use super::filter::YEARS;

/// A name that is looked up: never empty.
fn name() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).min_length(Some(1))
}

fn year() -> ObjectBuilder {
    let (first, last) = (*YEARS.start(), *YEARS.end());
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(first))
        .maximum(Some(last))
}

fn text_of(format: KnownFormat) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .format(Some(SchemaFormat::KnownFormat(format)))
}

fn one_or_many(value: fn() -> ObjectBuilder, said: &str) -> RefOr<Schema> {
    let many = ArrayBuilder::new().items(value());
    OneOfBuilder::new().item(many).item(value()).description(Some(said)).into()
}

/// Names, or one.
pub(crate) fn names() -> RefOr<Schema> {
    one_or_many(name, "One name or a list of them; empty for no condition.")
}

/// Years of issue, or one.
pub(crate) fn years() -> RefOr<Schema> {
    one_or_many(year, "One year or a list of them; empty for no condition.")
}

/// A list of names, as a parameter of an address.
pub(crate) fn name_list() -> RefOr<Schema> {
    ArrayBuilder::new().items(name()).into()
}

/// The regions of a comparison.
pub(crate) fn regions() -> RefOr<Schema> {
    let said = "Regions by name or GB/T 2260 code; a parent takes in its children; empty for every region of the index.";
    let list = ArrayBuilder::new().items(name()).description(Some(said));
    list.examples([serde_json::json!(["安徽省", "370406"])]).into()
}

/// A list of years, as a parameter of an address.
pub(crate) fn year_list() -> RefOr<Schema> {
    ArrayBuilder::new().items(year()).into()
}

/// A day or a time, as a parameter of an address.
pub(crate) fn day_or_time() -> RefOr<Schema> {
    AnyOfBuilder::new().item(text_of(KnownFormat::Date)).item(text_of(KnownFormat::DateTime)).into()
}

/// A day, a time or null.
pub(crate) fn day_time_or_null() -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(SchemaType::new(Type::Null));
    AnyOfBuilder::new()
        .item(text_of(KnownFormat::Date))
        .item(text_of(KnownFormat::DateTime))
        .item(null)
        .description(Some(
            "Asks the index as it was: at the end of a day in China (`2026-11-22`) or at a time (RFC 3339). Documents \
             count in the version that was the newest then; those deleted since are missing.",
        ))
        .examples(["2026-11-22"])
        .into()
}
