use super::*;
use crate::SHIPPED_MODEL;
use crate::evaluate::Prediction;

fn moment(t: f64, speech: Option<bool>, class: usize, shares: &[f32]) -> Moment {
    let probabilities = shares.iter().map(|&share| ("label".to_owned(), share)).collect();
    let prediction = Prediction {
        class,
        emotion: "label".to_owned(),
        confidence: shares[class],
        probabilities,
        scores: Vec::new(),
    };
    Moment { t, speech, prediction }
}

/// Six seconds of a tone, the first answer after five.
fn timeline(model: &Model<'static>) -> Timeline<'static> {
    let mut timeline = Timeline::new(Path::new("calls/a.wav"), model, 0.5);
    let tone: Vec<i16> = (0..6 * 22_050).map(|n| (8000.0 * (0.1 * f64::from(n)).sin()) as i16).collect();
    tone.chunks(1000).for_each(|samples| timeline.hear(samples));
    let shares = [0.5, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0];
    timeline.note(&moment(5.0, Some(true), 0, &shares));
    timeline.note(&moment(5.5, Some(true), 1, &shares));
    timeline.note(&moment(6.0, Some(false), 2, &shares));
    timeline.sound.end();
    timeline
}

#[test]
fn the_time_that_somebody_spoke_is_shared_out() {
    let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
    let timeline = timeline(&model);
    let page = timeline.page("");
    let rows: Vec<_> = page.rows.iter().map(|row| (row.seconds.as_str(), row.share)).collect();
    assert_eq!(rows[..3], [("0.5", 0.5), ("0.5", 0.5), ("0.0", 0.0)]);
    assert_eq!((page.file, page.length.as_str(), page.spoken.as_str()), ("a.wav", "6.0 s", "1.0 s"));
}

/// The corners of the polygons, in the order of the labels.
fn polygons(svg: &str) -> Vec<Vec<(i32, i32)>> {
    let corners = |points: &str| -> Vec<(i32, i32)> {
        let corner = |pair: &str| {
            let (x, y) = pair.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        };
        points.split(' ').filter_map(corner).collect()
    };
    let polygons = svg.split("<polygon ").skip(1).map(|rest| rest.split_once("points=\"").unwrap().1);
    polygons.map(|points| corners(points.split('"').next().unwrap())).collect()
}

#[test]
fn probabilities_are_stacked_from_the_first_answer_to_the_end() {
    let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
    let svg = timeline(&model).picture().unwrap();
    let polygons = polygons(&svg);
    assert_eq!(polygons.len(), model.labels().iter().count());
    let range = |values: &mut dyn Iterator<Item = i32>| {
        let values: Vec<i32> = values.collect();
        (*values.iter().min().unwrap(), *values.iter().max().unwrap())
    };
    let [first, second, third] = [0, 1, 2].map(|label| range(&mut polygons[label].iter().map(|&(_, y)| y)));
    // Half of the height, and two quarters on top.
    let height = first.1 - third.0;
    assert!((first.1 - first.0 - height / 2).abs() <= 1 && (second.1 - second.0 - height / 4).abs() <= 1);
    assert_eq!((first.0, second.0), (second.1, third.1));
    // From 4.5 s of 6 s on: the last quarter of the axis.
    let (left, right) = range(&mut polygons[0].iter().map(|&(x, _)| x));
    let image = svg.split("<image x=\"").nth(1).unwrap();
    let axis_left: i32 = image.split('"').next().unwrap().parse().unwrap();
    let width: i32 = image.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    assert!((right - axis_left - width).abs() <= 1);
    assert!((left - axis_left - 3 * width / 4).abs() <= 1);
}

#[test]
fn lengths_are_written_for_people() {
    assert_eq!([9.04, 75.0, 36_061.9].map(duration), ["9.0 s", "1 min 15 s", "10 h 1 min 1 s"]);
}
