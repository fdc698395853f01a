use std::path::Path;

use askama::Template;

use super::figures::Figures;
use crate::crossval::{CrossvalFacts, CrossvalResults};
use crate::evaluate::{Confusion, Interval};
use crate::files;

/// Writes a cross-validation's `crossval.json` and `report.html` into a folder.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write_crossval(summary: &CrossvalResults, out: &Path) -> anyhow::Result<()> {
    files::write_whole(&out.join("crossval.json"), &serde_json::to_vec_pretty(summary)?)?;
    let page = CrossvalPage { summary, facts: &summary.facts };
    files::write_whole(&out.join("report.html"), page.render()?.as_bytes())
}

/// The page, ready to be filled in.
#[derive(Template)]
#[template(path = "crossval.html")]
struct CrossvalPage<'a> {
    summary: &'a CrossvalResults,
    facts: &'a CrossvalFacts,
}

impl Figures for CrossvalPage<'_> {}

impl CrossvalPage<'_> {
    fn spread(&self) -> String {
        self.summary.spread.map_or(String::new(), |spread| format!(" ± {:.1}", 100.0 * spread.int8.ua))
    }

    fn signed(&self, value: &f64) -> String {
        format!("{value:+.3}")
    }

    fn signed_interval(&self, interval: &Option<Interval>) -> String {
        Interval::text(*interval, |end| self.signed(&end))
    }

    fn file(&self, path: &Path) -> String {
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn confusions(&self) -> [(&'static str, &Confusion); 2] {
        let confusion = &self.summary.confusion;
        [("int8", &confusion.int8), ("float", &confusion.float)]
    }
}
