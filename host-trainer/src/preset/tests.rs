use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::*;
use crate::corpus::{ClassSet, Classes};
use crate::evaluate::Footprint;
use crate::features::{Hearing, InputScaling};
use crate::network::{FloatModel, OpSpec, Weights, infer};
use crate::quantise;

fn built_in(name: &str) -> Preset {
    Preset::load(name.as_ref()).unwrap()
}

#[test]
fn built_in_presets_are_valid_and_named() {
    for name in Preset::NAMES {
        let preset = built_in(name);
        assert_eq!(preset.name, name);
        let network = preset.network(7);
        assert_eq!(network.shapes().unwrap().last(), Some(&[1, 1, 7]), "{name}");
    }
}

#[test]
fn a_preset_that_is_written_is_read_again() {
    for name in Preset::NAMES {
        let preset = built_in(name);
        assert_eq!(Preset::parse(serde_json::to_string(&preset).unwrap()).unwrap(), preset);
    }
}

/// Its blob with random weights, as they don't change its size.
#[test]
fn tiny_fits_the_smallest_parts() {
    let preset = built_in("tiny");
    let network = preset.network(8);
    let bands = preset.front_end.mel_bands.into();
    let model = FloatModel {
        name: preset.name,
        labels: Classes::from(ClassSet::Eight).labels().to_vec(),
        hearing: Hearing {
            front_end: preset.front_end,
            scaling: InputScaling::PerBand { mean: vec![-40.0; bands], deviation: vec![15.0; bands] },
            prior: Vec::new(),
        },
        weights: Weights::initial(&network, &mut ChaCha8Rng::seed_from_u64(1)),
        network,
        temperature: 1.0,
    };
    let tone: Vec<i16> = (0..66_150).map(|n| (8000.0 * f64::from(n).sin()) as i16).collect();
    let blob = quantise::export(&model, &[tone]).unwrap();
    let footprint = Footprint::of(&engine::Model::from_bytes(&blob).unwrap(), blob.len());
    assert!(footprint.weights_bytes <= 60 * 1024, "{} bytes of weights", footprint.weights_bytes);
    assert!(footprint.macs <= 8_000_000, "{} MACs", footprint.macs);
    assert!(footprint.arena_bytes <= 20 * 1024, "{} bytes of arena", footprint.arena_bytes);
}

/// Each branch has layers of its own, and the sum of all logits comes last.
#[test]
fn branches_lie_side_by_side() {
    let mut preset = built_in("tiny");
    let alone = preset.network(8);
    let Architecture::Residual(residual) = &mut preset.network else { panic!("tiny is a residual network") };
    residual.branches = 3;
    let network = preset.network(8);
    assert_eq!(network.macs(), 3 * alone.macs());
    assert_eq!(network.params(), 3 * alone.params());
    let branches = network.branches();
    let ends = branches.iter().map(|branch| [&branch.layers[0], branch.layers.last().unwrap()]);
    let names: Vec<[&str; 2]> = ends.map(|ends| ends.map(|layer| layer.name.as_str())).collect();
    assert_eq!(names, [1, 2, 3].map(|n| [format!("branch{n}.stem"), format!("branch{n}.logits")]));
    let shapes = |network: &Network| network.shapes().unwrap();
    branches.iter().for_each(|branch| assert_eq!(shapes(branch), shapes(&alone)));
}

/// Each kernel in time looks one row ahead, of rows that lie as many frames apart as the strides before it come to.
#[test]
fn residual_networks_look_ahead_as_far_as_their_kernels_reach() {
    let network = built_in("small").network(8);
    // How many frames apart a tensor's rows lie, and how many frames behind its own a row looks.
    let mut views = vec![(1, 0)];
    for layer in &network.layers {
        let (apart, ahead): (usize, usize) = views[layer.input];
        views.push(match &layer.op {
            OpSpec::Conv2d { stride, .. } => (apart * stride[0], ahead + apart),
            OpSpec::Add { other, .. } => (apart, ahead.max(views[*other].1)),
            _ => (apart, ahead),
        });
    }
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let weights = Weights::initial(&network, &mut rng);
    let [frames, bands, _] = network.input;
    let whole: Vec<f32> = (0..frames * bands).map(|_| rng.random_range(-2.0..2.0)).collect();
    let known = 71;
    let cut = [&whole[..known * bands], &vec![0.0; (frames - known) * bands][..]].concat();
    let [whole, cut] = [whole, cut].map(|input| infer::activations(&network, &weights, &input));
    let shapes = network.shapes().unwrap();
    for (tensor, [height, width, channels]) in
        shapes.into_iter().enumerate().filter(|(_, [rows, ..])| *rows > 1)
    {
        let (apart, ahead) = views[tensor];
        assert_eq!(height, frames.div_ceil(apart));
        let final_rows = known.saturating_sub(ahead).div_ceil(apart);
        let row = width * channels;
        let same =
            whole[tensor].chunks(row).zip(cut[tensor].chunks(row)).take_while(|(whole, cut)| whole == cut);
        assert_eq!(same.count(), final_rows, "tensor {tensor}");
    }
}

#[test]
fn the_default_is_small() {
    let network = built_in(Preset::NAMES[0]).network(7);
    assert!(network.macs() <= 40_000_000, "{} MACs", network.macs());
    assert!((180_000..=220_000).contains(&network.params()), "{} parameters", network.params());
}

/// What is said of a preset, `small` or `seed`, with another value at a JSON pointer.
fn complaint(name: &str, pointer: &str, value: Value) -> String {
    let mut preset = serde_json::to_value(built_in(name)).unwrap();
    *preset.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    match Preset::parse(preset.to_string()) {
        Ok(_) => panic!("{preset} was taken"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn each_value_out_of_range_is_refused_by_its_field() {
    let stages = json!([{ "channels": 8, "stride": [1, 1] }]);
    let values = [
        ("/name", json!(""), "name"),
        ("/name", json!("a\u{1b}[2J"), "name"),
        ("/front_end/sample_rate", json!(7_999), "front_end.sample_rate is 7999, not within 8000 to 48000"),
        ("/front_end/fft_length", json!(4096), "front_end.fft_length is 4096"),
        ("/front_end/hop_length", json!(0), "front_end.hop_length is 0, not within 1 to 2048"),
        ("/front_end/mel_bands", json!(129), "front_end.mel_bands is 129, not within 1 to 128"),
        ("/front_end/mel_bands", json!(0), "front_end.mel_bands is 0"),
        (
            "/front_end/mel_scale",
            json!({"logarithmic": {"corner_hz": 0}}),
            "front_end.mel_scale.logarithmic.corner_hz: invalid value: integer `0`, expected a nonzero u16",
        ),
        ("/front_end/window_samples", json!(0), "front_end.window_samples is 0"),
        ("/front_end/window_samples", json!(530_000), "front_end.window_samples / hop_length + 1, is 1036"),
        ("/network/residual/branches", json!(0), "network.residual.branches is 0"),
        ("/network/residual/stem", json!(0), "network.residual.stem is 0"),
        ("/network/residual/stages/1/channels", json!(0), "network.residual.stages[1].channels is 0"),
        ("/network/residual/stages/0/stride/1", json!(0), "network.residual.stages[0].stride is 0"),
        (
            "/network/residual/stages",
            vec![stages[0].clone(); 20].into(),
            "the number of network's layers is 252",
        ),
        ("/network/residual/dropout", json!(1.0), "network.residual.dropout is 1, not within 0 to 0.9"),
        ("/recipe/epochs", json!(0), "recipe.epochs is 0"),
        ("/recipe/batch", json!(0), "recipe.batch is 0"),
        ("/recipe/learning_rate", json!(0), "recipe.learning_rate is 0"),
        ("/recipe/learning_rate", json!(1e200), "recipe.learning_rate: number out of range"),
        ("/recipe/weight_decay", json!(-0.1), "recipe.weight_decay is -0.1, not within 0 to 1"),
        ("/recipe/label_smoothing", json!(1), "recipe.label_smoothing is 1, not within 0 to 0.99"),
        ("/recipe/teacher/share", json!(2), "recipe.teacher.share is 2, not within 0 to 1"),
        ("/recipe/teacher/temperature", json!(0), "recipe.teacher.temperature is 0, not within 0.1 to 20"),
        (
            "/recipe/context",
            json!({ "cold_share": -0.1, "most_clips": 40 }),
            "recipe.context.cold_share is -0.1, not within 0 to 1",
        ),
        (
            "/recipe/context",
            json!({ "cold_share": 0.5, "most_clips": 0 }),
            "recipe.context.most_clips is 0, not within 1 to 1000",
        ),
        ("/recipe/augmentation/noisy_share", json!(1.1), "recipe.augmentation.noisy_share is 1.1"),
        ("/recipe/augmentation/speed/share", json!(-1), "recipe.augmentation.speed.share is -1"),
        ("/recipe/augmentation/speed/furthest", json!(0.9), "recipe.augmentation.speed.furthest is 0.9"),
        ("/recipe/augmentation/shift", json!(-0.1), "recipe.augmentation.shift is -0.1"),
        ("/recipe/augmentation/band_mask/share", json!(7), "recipe.augmentation.band_mask.share is 7"),
        ("/recipe/augmentation/band_mask/width", json!(65), "band_mask.width is 65, not within 1 to 64"),
        ("/recipe/augmentation/time_mask/width", json!(0), "time_mask.width is 0, not within 1 to 130"),
        ("/recipe/augmentation/band_shift", json!(65), "recipe.augmentation.band_shift is 65"),
        ("/recipe/augmentation/mixup", json!(0), "recipe.augmentation.mixup is 0, not within 0.01 to 10"),
    ];
    for (pointer, value, expected) in values {
        let complaint = complaint("small", pointer, value);
        assert!(complaint.contains(expected), "{expected}: {complaint}");
    }
}

/// Each disturbance of the channel, with one value out of range.
#[test]
fn the_channel_s_values_are_checked() {
    let values = [
        ("room", json!({ "share": 1.5, "longest": 0.5 }), "room.share is 1.5, not within 0 to 1"),
        ("room", json!({ "share": 0.5, "longest": 3 }), "room.longest is 3, not within 0.1 to 2"),
        ("tilt", json!({ "share": 0.5, "steepest": -1 }), "tilt.steepest is -1, not within 0 to 12"),
        ("low_pass", json!({ "share": 0.5, "lowest": 12_000 }), "lowest is 12000, not within 300 to 11025"),
        ("click", json!({ "share": 0.5, "highest": 0 }), "click.highest is 0, not within 1 to 32768"),
        ("thump", json!({ "share": -0.5, "highest": 9 }), "thump.share is -0.5, not within 0 to 1"),
        ("hum", json!({ "share": 0.5, "loudest": 99 }), "hum.loudest is 99, not within -60 to 30"),
        ("dc", json!({ "share": 0.5, "furthest": 20_000 }), "dc.furthest is 20000, not within 0 to 16384"),
        (
            "level",
            json!({ "share": 0.5, "quietest": 6, "loudest": -3 }),
            "level.quietest is 6, not within -60 to -3",
        ),
        ("telephone", json!({ "share": 2 }), "telephone.share is 2, not within 0 to 1"),
        ("packet_loss", json!({ "share": 0.5, "most": 1 }), "packet_loss.most is 1, not within 0 to 0.5"),
        ("echo", json!({ "share": 0.5 }), "recipe.augmentation.channel.echo: unknown field `echo`"),
        ("tilt", json!({ "share": 0.5 }), "recipe.augmentation.channel.tilt: missing field `steepest`"),
    ];
    for (name, value, expected) in values {
        let complaint = complaint_of_channel(json!({ name: value }));
        assert!(complaint.contains(expected), "{expected}: {complaint}");
    }
}

fn complaint_of_channel(channel: Value) -> String {
    let mut preset = serde_json::to_value(built_in("small")).unwrap();
    preset["recipe"]["augmentation"]["channel"] = channel;
    format!("{:#}", Preset::parse(preset.to_string()).unwrap_err())
}

#[test]
fn a_plain_network_is_checked_too() {
    let values = [
        ("/network/plain/channels/1", json!(0), "network.plain.channels is 0"),
        ("/network/plain/dense", json!(9999), "network.plain.dense is 9999"),
        ("/network/plain/dropout/0", json!(-1), "network.plain.dropout is -1"),
        ("/network/plain/channels", json!([8, 8, 8, 8, 8, 8, 8]), "does not fit front_end: layer conv6"),
        ("/network/plain/channels", json!([1024]), "the number of network's weights is 26"),
    ];
    for (pointer, value, expected) in values {
        let complaint = complaint("seed", pointer, value);
        assert!(complaint.contains(expected), "{expected}: {complaint}");
    }
    let mut wide = built_in("seed");
    wide.front_end.hop_length = 65;
    wide.network = Architecture::Plain(Plain { channels: vec![1024], dense: 1, dropout: [0.0; 2] });
    let complaint = Preset::parse(serde_json::to_string(&wide).unwrap()).unwrap_err().to_string();
    assert!(complaint.contains("the most values that a layer of network writes is 131088384"), "{complaint}");
}

#[test]
fn what_is_no_preset_is_refused_by_field_and_line() {
    let values = [
        ("/recipe/epochs", json!("many"), "recipe.epochs: invalid type"),
        ("/recipe/epochs", json!(-3), "recipe.epochs: invalid value"),
        ("/front_end/reference", json!("cubic"), "front_end.reference: unknown variant `cubic`"),
        ("/network/residual/stages/2/stride", json!([1]), "network.residual.stages[2].stride"),
        ("/network", json!({ "recurrent": {} }), "unknown variant `recurrent`"),
    ];
    for (pointer, value, expected) in values {
        let complaint = complaint("small", pointer, value);
        assert!(complaint.contains(expected) && complaint.contains("line 1"), "{expected}: {complaint}");
    }
}

#[test]
fn unknown_and_missing_fields_are_named() {
    let objects = [
        "",
        "/front_end",
        "/network/residual",
        "/network/residual/stages/0",
        "/recipe",
        "/recipe/augmentation",
        "/recipe/augmentation/speed",
        "/recipe/augmentation/time_mask",
    ];
    for pointer in objects {
        let preset = serde_json::to_value(built_in("small")).unwrap();
        let mut fields = preset.pointer(pointer).and_then(Value::as_object).unwrap().clone();
        fields.insert("colour".to_owned(), json!("red"));
        let unknown = complaint("small", pointer, Value::Object(fields.clone()));
        assert!(unknown.contains("unknown field `colour`"), "{pointer}: {unknown}");
        fields.remove("colour");
        let first = fields.keys().find(|key| !["mixup", "channel"].contains(&key.as_str())).unwrap().clone();
        fields.remove(&first);
        let missing = complaint("small", pointer, Value::Object(fields));
        assert!(missing.contains(&format!("missing field `{first}`")), "{pointer}: {missing}");
    }
}

#[test]
fn a_file_is_named_with_what_is_wrong_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.json");
    let complaint = || format!("{:#}", Preset::load(&path).unwrap_err());
    assert!(complaint().contains("mine.json") && complaint().contains("none of small, tiny, seed"));
    let longer = format!("{} 1", serde_json::to_string(&built_in("tiny")).unwrap());
    for (text, expected) in
        [("", "it is empty"), ("{", "its end is missing"), ("[]", "line 1"), (&longer, "line 1")]
    {
        std::fs::write(&path, text).unwrap();
        assert!(complaint().contains("mine.json") && complaint().contains(expected), "{}", complaint());
    }
    let mut preset = built_in("tiny");
    preset.recipe.epochs = 0;
    std::fs::write(&path, serde_json::to_string_pretty(&preset).unwrap()).unwrap();
    assert!(complaint().contains("mine.json: recipe.epochs is 0, not within 1 to 10000"), "{}", complaint());
    preset.recipe.epochs = 7;
    std::fs::write(&path, serde_json::to_string_pretty(&preset).unwrap()).unwrap();
    assert_eq!(Preset::load(&path).unwrap(), preset);
}
