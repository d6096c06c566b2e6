//! The `tiaokuan` command in a folder of its own.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use serde_json::Value;
use tempfile::TempDir;

/// A made-up policy with two sections of one measure each.
pub(crate) const POLICY: &str = "青田区优化营商环境实施方案

一、企业开办
1.压缩办结时限。企业开办办结时限压缩至1个工作日以内。（区市场监管局牵头；2022年12月底前完成）

二、获得用水用气
2.推行并联审批。用水用气外线工程并联审批办理时间压缩至5个工作日。（区住房城乡建设局牵头）
";

/// A folder to work in: the data directory is `index/data` below it, as by default.
pub(crate) struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// One in which [`POLICY`] is indexed, without vectors.
    pub(crate) fn indexed() -> Self {
        let place = Self::new();
        place.write("policies/a.txt", POLICY);
        place.run(&["index", "policies"]).success();
        place
    }

    /// A path below the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The default data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("index/data")
    }

    /// Writes a file, its folders too.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// The command with `arguments`, without a model, started in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tiaokuan(self.folder.path());
        command.arg("--no-model").args(arguments);
        command
    }

    /// Runs [`Self::command`].
    pub(crate) fn run(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }
}

/// The built command in `folder`, untouched by what the environment of the tests says.
pub(crate) fn tiaokuan(folder: &Path) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("tiaokuan");
    command.current_dir(folder).timeout(std::time::Duration::from_mins(2));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TIAOKUAN_")) {
        command.env_remove(name);
    }
    command
}

/// Standard output as JSON.
pub(crate) fn json(done: &Assert) -> Value {
    serde_json::from_slice(&done.get_output().stdout).unwrap()
}

/// Standard error as text.
pub(crate) fn complaint(done: &Assert) -> String {
    String::from_utf8(done.get_output().stderr.clone()).unwrap()
}
