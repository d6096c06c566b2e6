//! Maven Central through the user's own `mvn`, which knows the way out of closed networks (mirrors,
//! proxies, settings.xml) better than we do.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use zip::ZipArchive;

use super::store::Workshop;
use super::{FetchProgress, ModelSettings};
use crate::error::{Error, Kind, Result};

/// The plugin's version is named so that every run does the same.
const COPY_GOAL: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/// How long `mvn` may take for one artifact of at most 43 MB.
const PATIENCE: Duration = Duration::from_mins(15);

/// A jar that `mvn` got.
#[derive(Debug)]
pub(super) struct Jar {
    path: PathBuf,
    archive: ZipArchive<File>,
}

/// Has `mvn` put the jar of `artifact` (`group:artifact:version`) into the workshop's scratch directory.
pub(super) fn fetch(
    settings: &ModelSettings,
    artifact: &str,
    workshop: &Workshop,
    progress: &dyn FetchProgress,
) -> Result<Jar> {
    progress.step(&format!("asking mvn for {artifact} (no progress until it ends)"));
    let scratch = workshop.scratch();
    let log = scratch.join("mvn.log");
    let child = spawn(settings, artifact, scratch, &log)?;
    let status = wait(child, PATIENCE)?;
    if !status.success() {
        return Err(failed(artifact, &first_error(&log)));
    }
    Jar::open(scratch.join(jar_name(artifact)))
}

fn spawn(settings: &ModelSettings, artifact: &str, scratch: &Path, log: &Path) -> Result<Child> {
    let output = File::create(log).map_err(|source| Error::io(log.display(), source))?;
    let errors = output.try_clone().map_err(|source| Error::io(log.display(), source))?;
    let mut command = Command::new(&settings.maven);
    // In a directory of its own, so that a pom.xml of the user's plays no part.
    command.current_dir(scratch).stdin(Stdio::null()).stdout(output).stderr(errors);
    command.args(["--quiet", "--batch-mode", "-Dstyle.color=never", COPY_GOAL]);
    command.arg(format!("-Dartifact={artifact}")).arg(format!("-DoutputDirectory={}", scratch.display()));
    if settings.offline {
        command.arg("--offline");
    }
    command.spawn().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            let message = format!(
                "the command {} is not there: install Apache Maven and a JDK",
                settings.maven.display()
            );
            Error::new(Kind::Unavailable, "maven_missing", message)
        }
        _ => Error::io(settings.maven.display(), source),
    })
}

/// Waits for the end, and ends what takes longer than `patience`.
fn wait(mut child: Child, patience: Duration) -> Result<ExitStatus> {
    let waiting = |source| Error::io("mvn", source);
    let started = Instant::now();
    while started.elapsed() < patience {
        if let Some(status) = child.try_wait().map_err(waiting)? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().map_err(waiting)?;
    child.wait().map_err(waiting)
}

/// What Maven said first that is an error, or last that it said at all.
fn first_error(log: &Path) -> String {
    let log = std::fs::read(log).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let mut lines = log.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines.clone().find_map(|line| line.strip_prefix("[ERROR] "));
    error.or_else(|| lines.next_back()).unwrap_or("it ended without a word").to_owned()
}

fn failed(artifact: &str, reason: &str) -> Error {
    Error::new(Kind::Unavailable, "maven_failed", format!("mvn could not get {artifact}: {reason}"))
}

fn jar_name(artifact: &str) -> String {
    let mut parts = artifact.split(':').skip(1);
    format!("{}-{}.jar", parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

impl Jar {
    fn open(path: PathBuf) -> Result<Self> {
        let file = File::open(&path).map_err(|source| Error::io(path.display(), source))?;
        let archive = ZipArchive::new(file).map_err(|source| unreadable(&path, source))?;
        Ok(Self { path, archive })
    }

    /// Puts the file at `entry` into the workshop's home as `name`, where its checksum is right.
    pub(super) fn install(
        &mut self,
        entry: &str,
        name: &str,
        accepted: &[&str],
        workshop: &Workshop,
    ) -> Result<PathBuf> {
        let mut file = self.archive.by_name(entry).map_err(|source| unreadable(&self.path, source))?;
        workshop.install(name, accepted, &mut file, &|_| ())
    }
}

fn unreadable(path: &Path, source: zip::result::ZipError) -> Error {
    Error::new(Kind::Corrupt, "jar_unreadable", format!("{}: {source}", path.display())).with_source(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Silent;

    impl FetchProgress for Silent {
        fn step(&self, _: &str) {}
        fn bytes(&self, _: u64, _: Option<u64>) {}
    }

    #[test]
    fn without_maven_the_error_says_what_to_install() {
        let home = tempfile::tempdir().unwrap();
        let mut settings = ModelSettings::from_environment(home.path().to_owned());
        settings.maven = "no-such-mvn".into();
        let workshop = Workshop::open(home.path()).unwrap();
        let error = fetch(&settings, "group:name:1", &workshop, &Silent).unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.to_string().contains("install Apache Maven"), "{error}");
    }

    #[test]
    fn mavens_own_words_are_passed_on() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        std::fs::write(&log, "[WARNING] old\n[ERROR] Could not find artifact a:b:1\n[ERROR] \n").unwrap();
        assert_eq!(first_error(&log), "Could not find artifact a:b:1");
        assert_eq!(first_error(&directory.path().join("none")), "it ended without a word");
    }

    #[test]
    fn an_endless_maven_is_ended() {
        let child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(!wait(child, Duration::from_millis(100)).unwrap().success());
    }

    #[test]
    fn a_jar_is_named_as_maven_names_it() {
        assert_eq!(jar_name("com.microsoft.onnxruntime:onnxruntime:1.28.0"), "onnxruntime-1.28.0.jar");
    }
}
