use plotters::prelude::*;
use plotters::style::RGBAColor;

/// Axes and text: a grey that can be read on light and on dark paper.
const INK: RGBColor = RGBColor(0x80, 0x84, 0x8c);
const SIZE: (u32, u32) = (340, 220);

/// A line of a chart.
pub struct Series {
    /// What it shows.
    pub name: &'static str,
    /// Its colour; the caption under the chart shows it beside the name.
    pub colour: RGBColor,
    /// A value for each epoch.
    pub values: Vec<f64>,
}

impl Series {
    /// The colour as CSS has it.
    pub fn css(&self) -> String {
        let RGBColor(red, green, blue) = self.colour;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
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
        chart
            .configure_mesh()
            .axis_style(INK)
            .bold_line_style(INK.mix(0.25))
            .light_line_style(TRANSPARENT)
            .label_style(("sans-serif", 12).into_font().color(&INK))
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
        chart
            .configure_mesh()
            .disable_x_mesh()
            .axis_style(INK)
            .bold_line_style(INK.mix(0.25))
            .light_line_style(TRANSPARENT)
            .label_style(("sans-serif", 12).into_font().color(&INK))
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
fn inline(svg: &str) -> String {
    svg.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
}
