//! A progress bar on standard error for a build.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::pipeline::Progress;

/// One bar a stage; plain lines where standard error is no terminal.
#[derive(Default)]
pub(super) struct Bars {
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    fn replace(&self, bar: Option<ProgressBar>) {
        let Ok(mut current) = self.current.lock() else { return };
        if let Some(previous) = current.take() {
            previous.finish_and_clear();
        }
        *current = bar;
    }
}

impl Progress for Bars {
    fn stage(&self, name: &'static str, steps: usize) {
        let bar = ProgressBar::new(steps as u64);
        if bar.is_hidden() {
            anstream::eprintln!("{name}{}", if steps == 0 { String::new() } else { format!(": {steps}") });
        }
        let template = if steps == 0 {
            "{prefix:>6} {spinner} {pos} {elapsed}"
        } else {
            "{prefix:>6} {bar:32} {pos}/{len} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(name);
        self.replace(Some(bar));
    }

    fn at(&self, steps: usize) {
        let Ok(current) = self.current.lock() else { return };
        if let Some(bar) = current.as_ref() {
            let steps = bar.position().max(steps as u64);
            bar.set_position(steps);
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.replace(None);
    }
}
