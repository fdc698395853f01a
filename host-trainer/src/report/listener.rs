use plotters::style::RGBColor;

use super::chart::{self, BLUE, Bars, ORANGE, Points, TEAL};
use crate::evaluate::{Announced, InPlace, Streamed};

/// Of what was found and of what was announced and right.
const COLOURS: [RGBColor; 2] = [TEAL, BLUE];
/// From this threshold in percent on a listener announces unless it is told otherwise.
const DEFAULT: u8 = engine::listen::DecisionSettings::DEFAULT.threshold;

/// What a listener makes of a stream, as pictures.
pub(super) struct Listener<'a> {
    pub(super) streamed: &'a Streamed,
    /// A row for each kind of surroundings.
    pub(super) places: String,
    pub(super) place_keys: [(&'static str, String); 2],
    /// Share right over share announced.
    pub(super) trade: String,
    pub(super) trade_keys: [(&'static str, String); 2],
}

impl<'a> Listener<'a> {
    pub(super) fn new(streamed: &'a Streamed) -> anyhow::Result<Self> {
        let places: Vec<Bars<'_>> = streamed.by_place.iter().map(bars).collect();
        Ok(Self {
            streamed,
            places: chart::bars(&places, COLOURS)?,
            place_keys: [("found", chart::css(COLOURS[0])), ("announced and right", chart::css(COLOURS[1]))],
            trade: chart::scatter(&trade(&streamed.by_threshold), false)?,
            trade_keys: [("other thresholds", chart::css(BLUE)), ("the default", chart::css(ORANGE))],
        })
    }

    /// At the default threshold.
    pub(super) fn default(&self) -> Option<&Announced> {
        self.streamed.by_threshold.iter().find(|entry| entry.threshold == DEFAULT)
    }
}

fn bars(InPlace { place, here, .. }: &InPlace) -> Bars<'_> {
    let percent = |count: usize| 100.0 * count as f64 / here.utterances.max(1) as f64;
    Bars { name: place.name(), values: [here.found, here.right].map(percent) }
}

/// Percent right over percent announced, the default threshold apart.
fn trade(entries: &[Announced]) -> [Points; 2] {
    let points = |colour, is_default: bool| Points {
        colour,
        points: entries
            .iter()
            .filter(|entry| (entry.threshold == DEFAULT) == is_default && entry.announced > 0.0)
            .map(|entry| (100.0 * entry.announced, 100.0 * entry.right))
            .collect(),
    };
    [points(BLUE, false), points(ORANGE, true)]
}
