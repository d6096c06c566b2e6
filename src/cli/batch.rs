//! `tiaokuan similar --batch`: one similarity query a line.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::search::Engine;
use crate::serve::{BatchContext, Cutter, Line, answer_line};

/// Lines that are answered before they are written; on all cores.
const AT_ONCE: usize = 64;
/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// Answers every line of `path` (`-` for standard input) by a line on `out`, as the API does, in bounded
/// memory. A line that is wrong is answered by one that says so.
pub(super) fn run(
    out: &mut dyn Write,
    engine: &Engine,
    context: &BatchContext,
    path: &Path,
) -> Result<ExitCode> {
    let mut input = open(path)?;
    let mut batch = Batch { engine, context, waiting: Vec::new(), count: 0 };
    let mut cutter = Cutter::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = input.read(&mut chunk).map_err(|error| Error::io(path.display(), error))?;
        let Some(read) = chunk.get(..length).filter(|read| !read.is_empty()) else { break };
        for line in cutter.push(read) {
            batch.add(out, line)?;
        }
    }
    if let Some(line) = cutter.finish() {
        batch.add(out, line)?;
    }
    batch.answer(out)?;
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    Ok(Box::new(File::open(path).map_err(|error| Error::io(path.display(), error))?))
}

struct Batch<'a> {
    engine: &'a Engine,
    context: &'a BatchContext,
    waiting: Vec<Line>,
    /// Lines answered.
    count: usize,
}

impl Batch<'_> {
    fn add(&mut self, out: &mut dyn Write, line: Line) -> Result<()> {
        self.waiting.push(line);
        if self.waiting.len() < AT_ONCE { Ok(()) } else { self.answer(out) }
    }

    fn answer(&mut self, out: &mut dyn Write) -> Result<()> {
        let lines = std::mem::take(&mut self.waiting);
        let first = self.count;
        self.count += lines.len();
        let answer = |(at, line): (usize, &Line)| answer_line(self.engine, self.context, first + at, line);
        let answers: Vec<Vec<u8>> = lines.par_iter().enumerate().map(answer).collect();
        for mut answer in answers {
            answer.push(b'\n');
            out.write_all(&answer).map_err(|error| Error::io("standard output", error))?;
        }
        Ok(())
    }
}
