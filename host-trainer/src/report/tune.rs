use std::path::Path;

use askama::Template;
use plotters::style::RGBColor;

use super::chart::{self, BLUE, GREY, ORANGE, Points};
use super::figures::Figures;
use crate::files;
use crate::tune::{Hyperparameter, Score, SearchFacts, Trial, Tuning, hyperparameters, widths};

/// From the first rung to the last.
const COLOURS: [RGBColor; 3] = [GREY, ORANGE, BLUE];

/// Writes a search's `trials.json`, `preset.json`, once there is a best one, and `report.html` into a folder.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write_tuning(tuning: &Tuning, out: &Path) -> anyhow::Result<()> {
    files::write_whole(&out.join("trials.json"), &serde_json::to_vec_pretty(tuning)?)?;
    let Some((best, score)) = tuning.best() else { return Ok(()) };
    files::write_whole(&out.join("preset.json"), &serde_json::to_vec_pretty(&best.preset)?)?;
    let page = TunePage::new(tuning, best, score)?;
    files::write_whole(&out.join("report.html"), page.render()?.as_bytes())
}

/// The page, ready to be filled in.
#[derive(Template)]
#[template(path = "tune.html")]
struct TunePage<'a> {
    tuning: &'a Tuning,
    facts: &'a SearchFacts,
    best: &'a Trial,
    score: Score,
    params: usize,
    macs: u64,
    /// Name and colour of each rung.
    keys: Vec<(String, String)>,
    /// Each hyperparameter against UA.
    charts: Vec<(&'static str, String)>,
}

impl Figures for TunePage<'_> {}

impl<'a> TunePage<'a> {
    fn new(tuning: &'a Tuning, best: &'a Trial, score: Score) -> anyhow::Result<Self> {
        let facts = &tuning.facts;
        let network = best.preset.network(facts.classes.labels().len());
        let keys = facts.rungs.iter().zip(COLOURS);
        Ok(Self {
            tuning,
            facts,
            best,
            score,
            params: network.params(),
            macs: network.macs() as u64,
            keys: keys.map(|(epochs, colour)| (format!("{epochs} epochs"), chart::css(colour))).collect(),
            charts: charts(tuning)?,
        })
    }

    /// The start's own score, where it was trained for as long as the best.
    fn start(&self) -> Option<Score> {
        let start = self.tuning.trials.iter().find(|trial| trial.number == 0)?;
        *start.scores.get(self.best.scores.len() - 1)?
    }

    /// The names of the table's columns.
    fn columns(&self) -> Vec<&'static str> {
        hyperparameters(&self.best.preset).into_iter().map(|parameter| parameter.name).collect()
    }

    fn values(&self, trial: &Trial) -> Vec<f64> {
        hyperparameters(&trial.preset).into_iter().map(|parameter| parameter.value).collect()
    }

    fn widths(&self, trial: &Trial) -> String {
        widths(&trial.preset)
    }

    /// The epochs of the latest rung that a trial was trained on.
    fn epochs(&self, trial: &Trial) -> usize {
        self.facts.rungs[trial.scores.len() - 1]
    }
}

/// A chart of each hyperparameter that takes more than one value.
fn charts(tuning: &Tuning) -> anyhow::Result<Vec<(&'static str, String)>> {
    let of_trials: Vec<(&Trial, Vec<Hyperparameter>)> =
        tuning.trials.iter().map(|trial| (trial, hyperparameters(&trial.preset))).collect();
    let Some((_, first)) = of_trials.first() else { return Ok(Vec::new()) };
    let varied = (0..first.len()).filter(|&index| {
        of_trials.iter().any(|(_, parameters)| parameters[index].value != first[index].value)
    });
    let chart = |index: usize| {
        let points = |(rung, colour): (usize, RGBColor)| {
            let point = |(trial, parameters): &(&Trial, Vec<Hyperparameter>)| {
                let score: Score = (*trial.scores.get(rung)?)?;
                Some((parameters[index].value, 100.0 * score.ua))
            };
            Points { colour, points: of_trials.iter().filter_map(point).collect() }
        };
        let points: Vec<Points> = COLOURS.into_iter().enumerate().map(points).collect();
        Ok((first[index].name, chart::scatter(&points, first[index].logarithmic)?))
    };
    varied.map(chart).collect()
}
