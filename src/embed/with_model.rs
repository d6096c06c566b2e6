//! Tests that run the real model. They need its files: `tiaokuan model fetch` puts them into
//! `index/model/`, or `TIAOKUAN_MODEL_DIR` names a directory that has them.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::model::{self, ModelFiles, ModelSettings};
use super::{Embedder, OnnxEmbedder, OnnxReranker, Reranker};
use crate::error::Kind;

static FILES: LazyLock<ModelFiles> = LazyLock::new(|| {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("index/model");
    let mut settings = ModelSettings::from_environment(home);
    settings.model_dir = std::env::var_os("TIAOKUAN_MODEL_DIR").map(PathBuf::from);
    let found = model::find(&settings).expect("the model's files are sound");
    found.expect("the model is in index/model (`tiaokuan model fetch`) or in TIAOKUAN_MODEL_DIR")
});

static EMBEDDER: LazyLock<OnnxEmbedder> = LazyLock::new(|| model::open(&FILES).expect("the model opens"));

fn cosine(left: &str, right: &str) -> f32 {
    let (left, right) = (EMBEDDER.embed(left).unwrap(), EMBEDDER.embed(right).unwrap());
    left.iter().zip(&right).map(|(left, right)| left * right).sum()
}

#[test]
fn vectors_have_512_dimensions_and_unit_length() {
    let vector = EMBEDDER.embed("压缩企业开办时间至1个工作日以内。").unwrap();
    assert_eq!((vector.len(), EMBEDDER.dimensions()), (512, 512));
    let norm: f32 = vector.iter().map(|value| value * value).sum();
    assert!((norm - 1.0).abs() < 1e-5, "{norm}");
}

#[test]
fn the_known_model_has_a_readable_id() {
    let report = model::verify(&FILES).unwrap();
    assert!(report.model.known && report.tokenizer.known, "{report:?}");
    assert_eq!(EMBEDDER.model_id().as_str(), "bge-small-zh-v1.5-int8@15b717c3+fold2");
}

#[test]
fn a_text_gives_the_same_vector_whatever_shares_the_call_and_in_any_instance() {
    let texts: Vec<String> =
        (1..40).map(|n| format!("第{n}条 推进{}", "不动产登记全程网办，".repeat(n))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let reversed: Vec<&str> = texts.iter().rev().copied().collect();
    let one_by_one: Vec<Vec<f32>> = texts.iter().map(|text| EMBEDDER.embed(text).unwrap()).collect();
    let mut backwards = EMBEDDER.embed_all(&reversed, &|_| ()).unwrap();
    backwards.reverse();
    assert!(EMBEDDER.embed_all(&texts, &|_| ()).unwrap() == one_by_one);
    assert!(backwards == one_by_one);
    assert!(model::open(&FILES).unwrap().embed(texts[7]).unwrap() == one_by_one[7]);
}

#[test]
fn likeness_of_meaning_is_likeness_of_vectors() {
    let measure = "压缩企业开办时间，实现一日办结。";
    assert!(
        cosine(measure, "新设立公司当天可以拿到营业执照") > cosine(measure, "加强城市生活垃圾分类") + 0.1
    );
}

#[test]
fn capitals_and_full_width_letters_are_no_unknown_words() {
    assert!((cosine("掌上ＡＰＰ办理", "掌上app办理") - 1.0).abs() < 1e-5);
    assert!(cosine("使用EMS寄递", "使用PPP寄递") < 0.999);
}

#[test]
fn of_a_long_text_the_beginning_counts_and_it_is_quick() {
    let long = "优化营商环境，".repeat(15_000);
    let started = Instant::now();
    let vector = EMBEDDER.embed(&long).unwrap();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(vector == EMBEDDER.embed(&long[..long.len() / 10]).unwrap());
}

#[test]
fn an_empty_text_is_an_error_and_ends_a_batch() {
    assert_eq!(EMBEDDER.embed(" \n").unwrap_err().kind(), Kind::Invalid);
    assert_eq!(EMBEDDER.embed_all(&["条款", ""], &|_| ()).unwrap_err().kind(), Kind::Invalid);
    assert!(EMBEDDER.embed_all(&[], &|_| ()).unwrap().is_empty());
}

#[test]
fn tokens_have_vectors_that_depend_on_their_text_alone() {
    let tokens = EMBEDDER.encode("压缩企业开办时间").unwrap().tokens;
    assert_eq!((tokens.len(), tokens[0].len()), (8, 512), "one a character, without the marks at the ends");
    let mut all = Vec::new();
    EMBEDDER
        .encode_all(&["推进不动产登记", "压缩企业开办时间"], &mut |encoding| {
            all.push(encoding.tokens);
            Ok(())
        })
        .unwrap();
    assert!(all[1] == tokens && all[0].len() == 7);
    let long = EMBEDDER.encode(&"优化营商环境，".repeat(3_000)).unwrap().tokens;
    assert_eq!(long.len(), 510);
}

#[test]
fn progress_counts_every_text() {
    let highest = AtomicUsize::new(0);
    let progress = |done| _ = highest.fetch_max(done, Ordering::SeqCst);
    EMBEDDER.embed_all(&["一", "二", "三"], &progress).unwrap();
    assert_eq!(highest.into_inner(), 3);
}

#[test]
fn a_damaged_file_is_an_error_that_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let damaged = directory.path().join("damaged");
    let whole = std::fs::read(&FILES.model).unwrap();
    for content in [&b""[..], b"{}", b"not a model", &whole[..whole.len() / 2]] {
        std::fs::write(&damaged, content).unwrap();
        let bad_model = ModelFiles { model: damaged.clone(), ..FILES.clone() };
        let bad_tokenizer = ModelFiles { tokenizer: damaged.clone(), ..FILES.clone() };
        for files in [bad_model, bad_tokenizer] {
            let error = model::open(&files).unwrap_err();
            assert_eq!(error.kind(), Kind::Unavailable);
            assert!(error.to_string().contains("damaged"), "{error}");
        }
    }
}

/// A graph that scores a pair by the ids of the text's tokens modulo 7, averaged, less 1.
fn tiny_reranker() -> Vec<u8> {
    let hex: Vec<u8> = include_bytes!("../../tests/cases/reranker.onnx.hex")
        .iter()
        .copied()
        .filter(u8::is_ascii_hexdigit)
        .collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.chunks(2).map(byte).collect()
}

/// A directory as `--reranker` names it.
fn reranker_directory(model: &[u8], tokenizer: &[u8]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("model.onnx"), model).unwrap();
    std::fs::write(directory.path().join("tokenizer.json"), tokenizer).unwrap();
    directory
}

fn open_reranker(directory: &Path) -> crate::error::Result<OnnxReranker> {
    let settings = ModelSettings {
        model_dir: None,
        runtime: Some(FILES.runtime.clone()),
        ..ModelSettings::from_environment("nowhere".into())
    };
    OnnxReranker::open(&model::find_reranker(directory, &settings)?)
}

#[test]
fn a_cross_encoder_scores_each_pair_by_itself() {
    let tokenizer = std::fs::read(&FILES.tokenizer).unwrap();
    let directory = reranker_directory(&tiny_reranker(), &tokenizer);
    let reranker = open_reranker(directory.path()).unwrap();
    assert!(reranker.id().as_str().starts_with("reranker@"), "{}", reranker.id());
    let long = "优化营商环境，".repeat(3_000);
    let texts = ["压缩企业开办时间", "推进不动产登记全程网办", &long];
    let scores = reranker.score("企业开办", &texts).unwrap();
    assert_eq!(scores.len(), 3);
    assert!(
        (scores[0] - scores[1]).abs() > 1e-3 && scores.iter().all(|score| score.is_finite()),
        "{scores:?}"
    );
    for (text, score) in texts.iter().zip(&scores) {
        assert_eq!(reranker.score("企业开办", &[text]).unwrap(), [*score]);
    }
    assert!(reranker.score("企业开办", &[]).unwrap().is_empty());
}

#[test]
fn what_is_no_cross_encoder_is_an_error_that_names_the_file() {
    let tokenizer = std::fs::read(&FILES.tokenizer).unwrap();
    let embedding_model = std::fs::read(&FILES.model).unwrap();
    for (model, tokenizer, named) in [
        (&embedding_model[..], &tokenizer[..], "logits"),
        (b"not a model", &tokenizer, "model.onnx"),
        (&tiny_reranker(), b"not a tokenizer", "tokenizer.json"),
    ] {
        let error = open_reranker(reranker_directory(model, tokenizer).path()).unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.to_string().contains(named), "{error}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(open_reranker(empty.path()).unwrap_err().kind(), Kind::NotFound);
}

/// A measurement, not a test: `cargo test --release -- --ignored --nocapture throughput`.
#[test]
#[ignore = "measures speed"]
fn throughput() {
    let clause = "推进企业开办全程网上办理，压缩企业开办时间至1个工作日以内，免费刻制公章，实现营业执照、印章、发票、社保一次领取。";
    let texts: Vec<String> = (0..200).map(|n| format!("{n}{clause}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let rate = |name: &str, work: &dyn Fn()| {
        let started = Instant::now();
        work();
        eprintln!("{name}: {:.0} texts/s", 200.0 / started.elapsed().as_secs_f64());
    };
    let started = Instant::now();
    let embedder = model::open(&FILES).unwrap();
    eprintln!("open: {:?}", started.elapsed());
    rate("one instance", &|| texts.iter().for_each(|text| drop(embedder.embed(text).unwrap())));
    rate("all cores, first", &|| drop(embedder.embed_all(&texts, &|_| ()).unwrap()));
    rate("all cores, again", &|| drop(embedder.embed_all(&texts, &|_| ()).unwrap()));
}
