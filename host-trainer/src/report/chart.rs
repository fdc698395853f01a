use std::ops::Range;

use plotters::chart::MeshStyle;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::RGBAColor;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Axes and text: a grey that can be read on light and on dark paper.
pub(super) const INK: RGBColor = RGBColor(0x80, 0x84, 0x8c);
const SIZE: (u32, u32) = (340, 220);

pub(super) const BLUE: RGBColor = RGBColor(0x3d, 0x7d, 0xca);
pub(super) const ORANGE: RGBColor = RGBColor(0xdd, 0x82, 0x2f);
pub(super) const GREY: RGBColor = RGBColor(0x8a, 0x90, 0x99);
pub(super) const TEAL: RGBColor = RGBColor(0x2f, 0x9e, 0x8f);
pub(super) const PURPLE: RGBColor = RGBColor(0x8c, 0x6b, 0xc4);
pub(super) const PINK: RGBColor = RGBColor(0xc2, 0x5f, 0x7d);
const YELLOW: RGBColor = RGBColor(0xd4, 0xb0, 0x3c);
const RED: RGBColor = RGBColor(0xc9, 0x45, 0x3a);
/// Of up to eight labels.
const LABELS: [RGBColor; 8] = [BLUE, ORANGE, TEAL, PURPLE, RED, YELLOW, PINK, GREY];

/// The mesh of a chart of real numbers over real numbers.
type Mesh<'a, 'b, 'svg> = MeshStyle<'a, 'b, RangedCoordf64, RangedCoordf64, SVGBackend<'svg>>;

/// A line of a chart.
pub struct Series {
    /// What it shows.
    pub name: &'static str,
    /// Its colour; the caption under the chart shows it beside the name.
    pub colour: RGBColor,
    /// A value for each epoch.
    pub values: Vec<f64>,
}

/// A colour as CSS has it.
pub fn css(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The colour of a label, of so many.
pub fn label_colour(index: usize, labels: usize) -> RGBColor {
    if let (Some(&colour), true) = (LABELS.get(index), labels <= LABELS.len()) {
        return colour;
    }
    let colorous::Color { r, g, b } = colorous::SINEBOW.eval_rational(index, labels);
    RGBColor(r, g, b)
}

/// Values over epochs, counted from 1, as inline SVG.
pub fn lines(series: &[Series]) -> anyhow::Result<String> {
    let epochs = series.iter().map(|line| line.values.len()).max().unwrap_or(0).max(2);
    let highest = series.iter().flat_map(|line| &line.values).copied().fold(0.0, f64::max);
    let top = if highest > 0.0 { highest * 1.05 } else { 1.0 };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(44)
            .build_cartesian_2d(1.0..epochs as f64, 0.0..top)?;
        quiet(&mut chart.configure_mesh())
            .x_labels(6)
            .y_labels(6)
            .x_desc("epoch")
            .x_label_formatter(&|epoch| if epoch.fract() == 0.0 { epoch.to_string() } else { String::new() })
            .y_label_formatter(&|value| short(*value))
            .draw()?;
        for line in series {
            let points = line.values.iter().enumerate().map(|(index, &value)| (index as f64 + 1.0, value));
            chart.draw_series(LineSeries::new(points, line.colour.stroke_width(2)))?;
        }
        area.present()?;
    }
    Ok(inline(&svg))
}

/// Points of one kind.
pub struct Points {
    /// Their colour.
    pub colour: RGBColor,
    /// Where they are.
    pub points: Vec<(f64, f64)>,
}

/// Points as inline SVG. On a logarithmic axis there is no place for 0.
pub fn scatter(kinds: &[Points], logarithmic: bool) -> anyhow::Result<String> {
    let place = |x: f64| if logarithmic { x.log10() } else { x };
    let value = |place: f64| if logarithmic { 10f64.powf(place) } else { place };
    let placed = |kind: &Points| -> Vec<(f64, f64)> {
        kind.points.iter().map(|&(x, y)| (place(x), y)).filter(|(x, _)| x.is_finite()).collect()
    };
    let all: Vec<(f64, f64)> = kinds.iter().flat_map(placed).collect();
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(24)
            .y_label_area_size(44)
            .build_cartesian_2d(span(all.iter().map(|(x, _)| *x)), span(all.iter().map(|(_, y)| *y)))?;
        quiet(&mut chart.configure_mesh())
            .x_labels(5)
            .y_labels(6)
            .x_label_formatter(&|x| short(value(*x)))
            .y_label_formatter(&|y| short(*y))
            .draw()?;
        for kind in kinds {
            let circle = |point| Circle::new(point, 3, kind.colour.mix(0.8).filled());
            chart.draw_series(placed(kind).into_iter().map(circle))?;
        }
        area.present()?;
    }
    Ok(inline(&svg))
}

/// A mesh with its axes, labels and main lines in grey, and no lines between.
pub(super) fn quiet<'mesh, 'a, 'b, 'svg>(
    mesh: &'mesh mut Mesh<'a, 'b, 'svg>,
) -> &'mesh mut Mesh<'a, 'b, 'svg> {
    mesh.axis_style(INK)
        .bold_line_style(INK.mix(0.25))
        .light_line_style(TRANSPARENT)
        .label_style(("sans-serif", 12).into_font().color(&INK))
}

/// From the lowest value to the highest, and a little more on both sides.
fn span(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let margin = if high > low { 0.05 * (high - low) } else { 1.0 };
    if low.is_finite() { low - margin..high + margin } else { 0.0..1.0 }
}

/// A name with a bar for each of two figures.
pub struct Bars<'a> {
    /// What stands at the left.
    pub name: &'a str,
    /// How long the bars are, 0 to 100.
    pub values: [f64; 2],
}

/// Rows of bars, the first on top, as inline SVG: each figure has a colour and half of the width, and stands at its
/// bar's end.
pub fn bars(rows: &[Bars<'_>], colours: [RGBColor; 2]) -> anyhow::Result<String> {
    const ROW: u32 = 22;
    /// Where the second figures begin: there is no room for both to be 100.
    const MIDDLE: f64 = 112.0;
    /// For names, in the unit of the figures.
    const LEFT: f64 = 46.0;
    let height = ROW * rows.len() as u32 + 16;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (940, height)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .build_cartesian_2d(-LEFT..2.0 * MIDDLE, 0.0..rows.len() as f64)?;
        let text = || ("sans-serif", 13).into_font().color(&INK);
        for (index, row) in rows.iter().enumerate() {
            let middle = (rows.len() - index) as f64 - 0.5;
            let name = text().pos(Pos::new(HPos::Right, VPos::Center));
            chart.draw_series([Text::new(row.name.to_owned(), (-2.0, middle), name)])?;
            for ((value, colour), left) in row.values.into_iter().zip(colours).zip([0.0, MIDDLE]) {
                let corners = [(left, middle + 0.36), (left + value, middle - 0.36)];
                chart.draw_series([Rectangle::new(corners, colour.filled())])?;
                let figure = text().pos(Pos::new(HPos::Left, VPos::Center));
                chart.draw_series([Text::new(
                    format!("{value:.1}"),
                    (left + value + 1.0, middle),
                    figure,
                )])?;
            }
        }
        area.present()?;
    }
    Ok(inline(&svg))
}

/// Bytes over layers: where each tensor lies in the arena while it lives.
pub struct Span {
    /// What stands inside the rectangle.
    pub name: String,
    /// First and last layer.
    pub layers: (usize, usize),
    /// First byte and the one after the last.
    pub bytes: (usize, usize),
    /// How it is filled.
    pub colour: RGBAColor,
}

/// Spans as inline SVG, layers to the right, bytes upwards.
pub fn spans(spans: &[Span]) -> anyhow::Result<String> {
    const SIZE: (u32, u32) = (940, 380);
    let layers = spans.iter().map(|span| span.layers.1 + 1).max().unwrap_or(1);
    let bytes = spans.iter().map(|span| span.bytes.1).max().unwrap_or(1);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..layers as f64, 0.0..bytes as f64 / 1024.0)?;
        quiet(chart.configure_mesh().disable_x_mesh())
            .x_labels(layers.min(20) + 1)
            .x_desc("layer")
            .y_desc("KiB of the arena")
            .x_label_formatter(&|layer| format!("{layer:.0}"))
            .y_label_formatter(&|kibibytes| short(*kibibytes))
            .draw()?;
        for span in spans {
            let left = span.layers.0 as f64;
            let right = span.layers.1 as f64 + 1.0;
            let [bottom, top] = [span.bytes.0, span.bytes.1].map(|byte| byte as f64 / 1024.0);
            let corners = [(left + 0.04, top), (right - 0.04, bottom)];
            chart.draw_series([Rectangle::new(corners, span.colour.filled())])?;
            if (span.bytes.1 - span.bytes.0) * 24 > bytes {
                let style = ("sans-serif", 12).into_font().color(&WHITE);
                let middle = (left + 0.15, (bottom + top) / 2.0);
                chart.draw_series([Text::new(span.name.clone(), middle, style)])?;
            }
        }
        area.present()?;
    }
    Ok(inline(&svg))
}

/// A number with as many digits as an axis needs.
fn short(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        value if value < 0.01 => format!("{value:.1e}"),
        value if value < 10.0 => format!("{value:.2}"),
        value => format!("{value:.0}"),
    }
}

/// SVG inside HTML needs no namespace.
pub(super) fn inline(svg: &str) -> String {
    svg.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
}
