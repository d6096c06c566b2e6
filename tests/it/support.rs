//! A small index of made-up documents, and requests to the whole service without a socket.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use tiaokuan::embed::FakeEmbedder;
use tiaokuan::index::{
    CatalogueEntry, DocumentRecord, Generation, MeasureTable, OutlineHeading, Parts, SegmentInput, Store,
    Writer,
};
use tiaokuan::model::{
    Agency, Clause, ClauseId, ClauseKind, Comparator, Contact, Deadline, Document, DocumentId, Facts,
    Measure, MeasureId, Region, Role, Span, Status, Target,
};
use tiaokuan::search::Engine;
use tiaokuan::serve::{AppState, app};
use tower::ServiceExt;

/// A service over [`documents`].
pub(crate) fn test_state() -> AppState {
    AppState::new(engine(Some(generation())))
}

/// A service over [`documents`] as an earlier version of the program indexed them, without measures.
pub(crate) fn state_without_measures() -> AppState {
    AppState::new(engine(Some(generation_with(None))))
}

/// A service before any index is published.
pub(crate) fn empty_state() -> AppState {
    AppState::new(engine(None))
}

fn engine(generation: Option<Generation>) -> Engine {
    let engine = Engine::new(Some(Arc::new(FakeEmbedder::new())));
    if let Some(generation) = generation {
        engine.publish(Arc::new(generation));
    }
    engine
}

/// An index of [`documents`].
pub(crate) fn generation() -> Generation {
    generation_with(Some(&measures()))
}

fn generation_with(measures: Option<&MeasureTable>) -> Generation {
    let folder = tempfile::tempdir().unwrap();
    let writer = Store::new(folder.path()).writer().unwrap();
    let records = documents().into_iter().map(Arc::new).collect();
    let generation = publish(&writer, 7, records, measures);
    Arc::into_inner(generation).unwrap()
}

/// Publishes `records`, which nothing read, as a generation without vectors.
pub(crate) fn publish(
    writer: &Writer,
    generation: u64,
    records: Vec<Arc<DocumentRecord>>,
    measures: Option<&MeasureTable>,
) -> Arc<Generation> {
    let entry = |(position, record): (usize, &Arc<DocumentRecord>)| CatalogueEntry {
        id: record.document.id.clone(),
        version: 1,
        file: record.document.file.clone(),
        sha256: record.document.sha256.clone(),
        received: "2026-11-22T08:00:00.000Z".into(),
        stated: None,
        segment: 0,
        position,
    };
    let catalogue = records.iter().enumerate().map(entry).collect();
    let input = SegmentInput { records, vectors: None, graph_from: usize::MAX };
    let segments = vec![writer.add_segment(input).unwrap()];
    let parts = Parts { generation, segments, catalogue, phrasings: None, tokens: false };
    writer.publish(Generation::compose(parts).unwrap(), measures).unwrap()
}

/// One measure of two regions and two of one clause.
fn measures() -> MeasureTable {
    let ids: Vec<ClauseId> =
        documents().into_iter().flat_map(|record| record.clauses).map(|clause| clause.id).collect();
    let measure = |title: &str, domain: Option<&str>, clauses: &[u32]| Measure {
        id: MeasureId::of(clauses.iter().map(|clause| &ids[*clause as usize])),
        title: title.into(),
        domain: domain.map(str::to_owned),
        clauses: clauses.to_vec(),
    };
    let measures = vec![
        measure("用水用气外线工程并联审批", Some("获得用水用气"), &[0, 2]),
        measure("企业开办办结时限压缩至1个工作日", Some("开办企业"), &[1]),
        measure("用水用气外线工程", None, &[3]),
    ];
    MeasureTable { version: 1, measures, neighbours: vec![] }
}

/// What an answer consists of.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Sends `request` to the service over `state`.
pub(crate) async fn send(state: AppState, request: Request<Body>) -> Answered {
    let response = app(state).oneshot(request).await.unwrap();
    let status = response.status();
    let headers = response.headers().clone();
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answered { status, content_type, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// `GET path`, as a program asks.
pub(crate) async fn get(path: &str) -> Answered {
    send(test_state(), Request::get(path).body(Body::empty()).unwrap()).await
}

/// `GET path`, as a browser asks.
pub(crate) async fn browse(path: &str) -> Answered {
    let request =
        Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8").body(Body::empty()).unwrap();
    send(test_state(), request).await
}

/// `POST path` with a JSON body.
pub(crate) async fn post(path: &str, body: impl Into<Body>) -> Answered {
    let request =
        Request::post(path).header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap();
    send(test_state(), request).await
}

/// Text that would be markup if it were not escaped.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>";

/// Three documents: two regions that promise much the same, and one with a Chinese id and hostile text.
pub(crate) fn documents() -> Vec<DocumentRecord> {
    let xiangshan = region("340603", "相山区", "安徽省", "淮北市");
    let jiujiang = region("340207", "鸠江区", "安徽省", "芜湖市");
    let huining = region("620422", "会宁县", "甘肃省", "白银市");
    vec![
        record(
            "doc-a",
            "相山区优化营商环境方案",
            xiangshan,
            Status::Effective,
            &[
                "1.用水用气外线工程并联审批办理时间压缩至5个工作日以内。（区住房城乡建设局牵头；2022年12月底前完成）",
                "2.企业开办办结时限压缩至1个工作日。",
            ],
        ),
        record(
            "doc-b",
            "鸠江区优化营商环境方案",
            jiujiang,
            Status::Trial,
            &["72.用水用气外线工程并联审批办理时间压缩至3个工作日以内。"],
        ),
        record(
            "会宁县方案",
            "关于《方案》（征求意见稿）",
            huining,
            Status::Draft,
            &[&format!("一、用水用气{HOSTILE}外线工程。")],
        ),
    ]
}

fn region(code: &str, name: &str, province: &str, city: &str) -> Region {
    Region { code: code.into(), name: name.into(), province: Some(province.into()), city: Some(city.into()) }
}

fn record(id: &str, title: &str, region: Region, status: Status, texts: &[&str]) -> DocumentRecord {
    let id: DocumentId = id.parse().unwrap();
    let heading = "一、获得用水用气";
    let mut source = format!("{heading}\n");
    let outline = vec![OutlineHeading { level: 1, text: heading.into(), span: span_at("", heading) }];
    let mut clauses = Vec::new();
    for (position, text) in texts.iter().enumerate() {
        let span = span_at(&source, text);
        source.push_str(text);
        source.push('\n');
        clauses.push(Clause {
            id: ClauseId::new(&id, &format!("sec_1__item_{}", position + 1)),
            path: vec![heading.into()],
            number: Some(text.chars().take_while(|c| !matches!(c, '.' | '、')).collect()),
            kind: ClauseKind::Measure,
            text: (*text).to_owned(),
            span,
            line: position as u32 + 2,
            table: vec![],
            facts: facts(),
            inherited: Facts::default(),
        });
    }
    let document = Document {
        file: format!("{id}.txt"),
        id,
        title: title.into(),
        region: Some(region),
        issuer: Some("区人民政府办公室".into()),
        number: Some("政办〔2022〕6号".into()),
        date: Some("2022-03-25".into()),
        year: Some(2022),
        status,
        sha256: "0".repeat(64),
    };
    let (furniture, warnings, origins) = (vec![], vec![], vec![]);
    DocumentRecord {
        document,
        clauses,
        source,
        outline,
        furniture,
        warnings,
        origins,
        front_matter: None,
        pipeline: 1,
    }
}

fn span_at(before: &str, text: &str) -> Span {
    let start = before.chars().count() as u32;
    Span { start, end: start + text.chars().count() as u32 }
}

fn facts() -> Facts {
    Facts {
        domain: Some("获得用水用气".into()),
        units: vec![Agency {
            name: "区住建局".into(),
            canonical: "区住房和城乡建设局".into(),
            role: Role::Lead,
        }],
        deadlines: vec![Deadline { raw: "2022年12月底前".into(), date: Some("2022-12-31".into()) }],
        targets: vec![Target {
            raw: "压缩至5个工作日以内".into(),
            quantity: "办理时间".into(),
            comparator: Comparator::LessOrEqual,
            value: 5.0,
            value_max: None,
            unit: "工作日".into(),
        }],
        references: vec!["《条例》".into()],
        contacts: vec![Contact { name: Some("张三丰".into()), phone: Some("13900000000".into()) }],
    }
}

/// The normalised source of `text` as a file of that name would give it; plain text where it is no
/// document to load (arbitrary text of a property test).
pub(crate) fn source(file: &str, text: &str) -> tiaokuan::normalise::Source {
    use tiaokuan::load::{Limits, Loaded, load};
    let loaded =
        load(file, text.as_bytes(), &Limits::default()).unwrap_or_else(|_| Loaded::from_text(file, text));
    tiaokuan::normalise::normalise(&loaded)
}
