use std::fmt::Write as _;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::chart::{BLUE, INK, label_colour, quiet};

const WIDTH: u32 = 940;
/// Of the axes' labels at the left.
const LEFT: u32 = 64;
const RIGHT: u32 = 12;
/// Above and below each part.
const MARGIN: i32 = 6;
const SPECTROGRAM: u32 = 200;
const EMOTIONS: u32 = 220;
const SPEECH: u32 = 72;
/// Of a line of the legend, and of a letter in it.
const LINE: i32 = 22;
const LETTER: i32 = 8;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What is drawn, all on one axis of time.
pub struct Picture<'a> {
    /// The length of the recording.
    pub seconds: f64,
    /// The upper end of the spectrogram.
    pub highest_hertz: u32,
    /// Where an image comes from.
    pub spectrogram: String,
    /// The names of the answers' values.
    pub labels: &'a [&'a str],
    /// The probability of each label.
    pub answers: Strip,
    /// The share of the time in which somebody speaks; without columns where that is not known.
    pub spoken: Strip,
}

/// Columns of values over time.
pub struct Strip {
    /// Where the first column begins, in seconds.
    pub start: f64,
    /// How long a column is, in seconds; the last one ends with the recording.
    pub step: f64,
    /// The values of each column, 0 to 1.
    pub columns: Vec<Vec<f64>>,
}

impl Strip {
    /// Where a column begins and ends, at most at `end`.
    fn sides(&self, column: usize, end: f64) -> [f64; 2] {
        [column, column + 1].map(|side| (self.start + side as f64 * self.step).min(end))
    }
}

impl Picture<'_> {
    /// The picture as SVG.
    pub fn draw(&self) -> anyhow::Result<String> {
        let legend = self.legend();
        let lines = legend.last().map_or(0, |&(_, y)| y / LINE + 1);
        let top = lines as u32 * LINE as u32 + 8;
        let mut svg = String::new();
        let image;
        {
            let size = (WIDTH, top + SPECTROGRAM + EMOTIONS + SPEECH);
            let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            let (keys, rest) = area.split_vertically(top);
            let (spectrogram, rest) = rest.split_vertically(SPECTROGRAM);
            let (emotions, speech) = rest.split_vertically(EMOTIONS);
            self.draw_legend(&keys, &legend)?;
            image = self.draw_spectrogram(&spectrogram)?;
            self.draw_emotions(&emotions)?;
            self.draw_speech(&speech)?;
            area.present()?;
        }
        let end = svg.rfind("</svg>").unwrap_or(svg.len());
        svg.insert_str(end, &image);
        Ok(svg)
    }

    /// Where each label stands in the legend.
    fn legend(&self) -> Vec<(i32, i32)> {
        let (mut x, mut y) = (LEFT as i32, 0);
        let place = |label: &&str| {
            let width = LETTER * label.chars().count() as i32 + 36;
            if x + width > WIDTH as i32 && x > LEFT as i32 {
                (x, y) = (LEFT as i32, y + LINE);
            }
            let place = (x, y);
            x += width;
            place
        };
        self.labels.iter().map(place).collect()
    }

    fn draw_legend(&self, area: &Area<'_>, places: &[(i32, i32)]) -> anyhow::Result<()> {
        for (index, (label, &(x, y))) in self.labels.iter().zip(places).enumerate() {
            let colour = label_colour(index, self.labels.len());
            area.draw(&Rectangle::new([(x, y + 6), (x + 12, y + 18)], colour.filled()))?;
            let style = text().pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new((*label).to_owned(), (x + 18, y + 12), style))?;
        }
        Ok(())
    }

    /// The axis alone, and the image that lies over it.
    fn draw_spectrogram(&self, area: &Area<'_>) -> anyhow::Result<String> {
        let chart = builder(area).build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        let (x, y) = chart.plotting_area().get_pixel_range();
        let highest = format!("{:.0} kHz", f64::from(self.highest_hertz) / 1000.0);
        // Within the area, pixels are counted from its own corner.
        let (left, bottom) = (LEFT as i32 - 8, SPECTROGRAM as i32 - MARGIN);
        for (label, place, vertical) in
            [("0 Hz", bottom, VPos::Bottom), ("mel", bottom / 2, VPos::Center), (&highest, MARGIN, VPos::Top)]
        {
            let style = text().pos(Pos::new(HPos::Right, vertical));
            area.draw(&Text::new(label.to_owned(), (left, place), style))?;
        }
        let mut image = String::new();
        write!(
            image,
            r#"<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" href="{}"/>"#,
            x.start,
            y.start,
            x.end - x.start,
            y.end - y.start,
            self.spectrogram
        )?;
        Ok(image)
    }

    /// The probabilities, one on top of the other.
    fn draw_emotions(&self, area: &Area<'_>) -> anyhow::Result<()> {
        let mut chart = builder(area).build_cartesian_2d(0.0..self.seconds, 0.0..100.0)?;
        quiet(&mut chart.configure_mesh())
            .disable_x_mesh()
            .disable_x_axis()
            .y_labels(5)
            .y_label_formatter(&|percent| format!("{percent:.0} %"))
            .draw()?;
        let mut floor = vec![0.0; self.answers.columns.len()];
        for index in 0..self.labels.len() {
            let ceiling: Vec<f64> = self
                .answers
                .columns
                .iter()
                .zip(&floor)
                .map(|(column, floor)| floor + column[index])
                .collect();
            let mut outline = self.outline(&ceiling);
            outline.extend(self.outline(&floor).into_iter().rev());
            let colour = label_colour(index, self.labels.len());
            chart.draw_series([Polygon::new(outline, colour.filled())])?;
            floor = ceiling;
        }
        Ok(())
    }

    /// Shares of 1 in percent, as steps from left to right.
    fn outline(&self, heights: &[f64]) -> Vec<(f64, f64)> {
        let steps = heights.iter().enumerate().flat_map(|(column, height)| {
            self.answers.sides(column, self.seconds).map(|side| (side, 100.0 * height))
        });
        steps.collect()
    }

    /// The axis of time, and a band where somebody speaks.
    fn draw_speech(&self, area: &Area<'_>) -> anyhow::Result<()> {
        let (unit, name) = match self.seconds {
            ..=120.0 => (1.0, "seconds"),
            ..=7200.0 => (60.0, "minutes"),
            _ => (3600.0, "hours"),
        };
        let mut chart =
            builder(area).x_label_area_size(40).build_cartesian_2d(0.0..self.seconds / unit, 0.0..1.0)?;
        quiet(&mut chart.configure_mesh())
            .disable_mesh()
            .disable_y_axis()
            .x_labels(12)
            .x_desc(name)
            .x_label_formatter(&|time| short(*time))
            .draw()?;
        let style = text().pos(Pos::new(HPos::Right, VPos::Center));
        let name = if self.spoken.columns.is_empty() { "" } else { "speech" };
        area.draw(&Text::new(name, (LEFT as i32 - 8, (SPEECH as i32 - 40) / 2), style))?;
        let bands = self.spoken.columns.iter().enumerate().filter(|(_, share)| share[0] > 0.0);
        chart.draw_series(bands.map(|(column, share)| {
            let [left, right] = self.spoken.sides(column, self.seconds).map(|side| side / unit);
            Rectangle::new([(left, 1.0), (right, 0.0)], BLUE.mix(share[0].max(0.2)).filled())
        }))?;
        Ok(())
    }
}

/// Charts one below the other, with the same sides.
fn builder<'a, 'b>(area: &'a Area<'b>) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut builder = ChartBuilder::on(area);
    builder.margin_top(MARGIN).margin_bottom(MARGIN).margin_right(RIGHT).y_label_area_size(LEFT);
    builder
}

fn text() -> TextStyle<'static> {
    ("sans-serif", 12).into_font().color(&INK)
}

/// A number without digits that say nothing.
fn short(value: f64) -> String {
    format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}
