use super::*;

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// A row of `tests/cases/front_matter.toml`: what is left out is not compared, "" says that it must be silent.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    title: Option<String>,
    number: Option<String>,
    issuer: Option<String>,
    date: Option<String>,
    published: Option<String>,
    year: Option<i32>,
    status: Option<Status>,
    region: Option<String>,
    addressees: Option<String>,
    warning: Option<String>,
}

#[test]
fn front_matter_of_the_cases() {
    let cases: Cases =
        toml::from_str(include_str!("../../../tests/cases/front_matter.toml")).expect("valid rows");
    let mut wrong = Vec::new();
    for case in &cases.case {
        let found = front_matter(&case.text);
        let code = found.region.as_ref().map(|region| region.code.clone());
        let warning = found.warnings.first().map(|warning| warning.code.clone());
        let fields = [
            ("title", &case.title, &found.title),
            ("number", &case.number, &found.number),
            ("issuer", &case.issuer, &found.issuer),
            ("date", &case.date, &found.date),
            ("published", &case.published, &found.published),
            ("region", &case.region, &code),
            ("addressees", &case.addressees, &found.addressees),
            ("warning", &case.warning, &warning),
        ];
        for (field, expected, found) in fields {
            let Some(expected) = expected else { continue };
            if expected.as_str() != found.as_deref().unwrap_or_default() {
                wrong.push(format!("{}: {field} is {found:?}, not {expected:?}", case.name));
            }
        }
        if case.status.is_some_and(|status| status != found.status) {
            wrong.push(format!("{}: status is {:?}", case.name, found.status));
        }
        if case.year.is_some() && case.year != found.year {
            wrong.push(format!("{}: year is {:?}", case.name, found.year));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_warning_and_field_survives_an_empty_document() {
    let found = front_matter("");
    assert_eq!(found.title, None);
    assert_eq!(found.warnings.first().map(|warning| warning.code.as_str()), Some("no_title"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "[关于印发的通知《》（）〔〕0-9年月日号：:。\n \\PC]{0,200}") {
        front_matter(&text);
    }
}
