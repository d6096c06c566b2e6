//! STUB: serves the seeds cut at blank lines, to look at the pages before the engine is merged.
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used)]
use tiaokuan::index::{BuildInput, DocumentRecord, Generation, OutlineHeading, write_generation};
use tiaokuan::model::*;
use tiaokuan::search::Engine;
use tiaokuan::serve::{AppState, HostPolicy, app, serve};

fn main() {
    let meta = [
        ("340603", "相山区", "安徽省", "淮北市", 2022, Status::Effective),
        ("340207", "鸠江区", "安徽省", "芜湖市", 2023, Status::Effective),
        ("410307", "偃师区", "河南省", "洛阳市", 2022, Status::Trial),
        ("370406", "山亭区", "山东省", "枣庄市", 2021, Status::Effective),
        ("620422", "会宁县", "甘肃省", "白银市", 2022, Status::Draft),
    ];
    let mut records = vec![];
    let mut paths: Vec<_> = std::fs::read_dir(std::env::args().nth(1).unwrap()).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for (path, (code, name, province, city, year, status)) in paths.into_iter().zip(meta) {
        let source = std::fs::read_to_string(&path).unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let id = DocumentId::from_stem(stem);
        let (mut clauses, mut outline, mut at, mut head) = (vec![], vec![], 0u32, String::from("总则"));
        for (n, line) in source.split_inclusive('\n').enumerate() {
            let start = at;
            at += line.chars().count() as u32;
            let t = line.trim();
            if t.is_empty() { continue }
            let span = Span { start, end: at };
            if t.chars().count() < 30 && t.contains('、') && "一二三四五六七八九十".contains(t.chars().next().unwrap()) {
                head = t.to_owned();
                outline.push(OutlineHeading { level: 1, text: t.into(), span });
                continue;
            }
            if t.chars().count() < 40 { continue }
            let mut facts = Facts::default();
            if let Some(p) = t.find("个工作日") {
                let c: Vec<char> = t[..p].chars().rev().take(6).collect();
                let raw: String = c.into_iter().rev().collect::<String>() + "个工作日";
                facts.targets.push(Target { raw, quantity: "".into(), comparator: Comparator::LessOrEqual, value: 5.0, value_max: None, unit: "工作日".into() });
                facts.deadlines.push(Deadline { raw: "2022年12月底前".into(), date: Some("2022-12-31".into()) });
                facts.units.push(Agency { name: "区市监局".into(), canonical: "区市场监督管理局".into(), role: Role::Lead });
                facts.units.push(Agency { name: "区税务局".into(), canonical: "区税务局".into(), role: Role::Support });
                facts.domain = Some("开办企业".into());
            }
            clauses.push(Clause { id: ClauseId::new(&id, &format!("item_{n}")), path: vec!["附件1 开办企业提升行动方案".into(), head.clone()], number: Some("1.".into()), kind: ClauseKind::Measure, text: t.into(), span, line: n as u32 + 1, table: vec![], facts, inherited: Facts::default() });
        }
        records.push(DocumentRecord {
            document: Document { id, title: format!("{name}创优营商环境提升行动方案（{year}版）"), file: path.file_name().unwrap().to_str().unwrap().into(), region: Some(Region { code: code.into(), name: name.into(), province: Some(province.into()), city: Some(city.into()) }), issuer: Some(format!("{name}人民政府办公室")), number: Some("相政办〔2022〕6号".into()), date: Some("2022-03-25".into()), year: Some(year), status, sha256: "00".into() },
            clauses, source, outline, furniture: vec![], warnings: vec![], pipeline: 1,
        });
    }
    let folder = tempfile::tempdir().unwrap();
    write_generation(folder.path(), &BuildInput { generation: 1, documents: records.into_iter().map(std::sync::Arc::new).collect(), vectors: None, graph_from: usize::MAX }).unwrap();
    let generation = Generation::open(folder.path()).unwrap();
    let rt = tokio::runtime::Runtime::new().unwrap();
    rt.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:7979").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = AppState::new(Engine::stub(Some(generation))).with_hosts(HostPolicy::for_address(address));
        serve(listener, app(state), std::future::pending()).await.unwrap();
    });
}
