use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The floor of the engine's dB features.
const FLOOR_DECIBEL: f32 = -80.0;

/// Features in dB below their maximum, frames by bands, as the source of an HTML image: time goes to the right and
/// the lowest band is at the bottom, coloured by the inferno map.
pub fn data_uri(decibel: &[f32], frames: usize, bands: usize) -> anyhow::Result<String> {
    let width = u32::try_from(frames)?;
    let height = u32::try_from(bands)?;
    let rows = (0..bands).rev().map(|band| decibel.iter().skip(band).step_by(bands));
    let pixels: Vec<u8> =
        rows.flatten().map(|&value| (255.0 * (1.0 - value / FLOOR_DECIBEL)) as u8).collect();

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(inferno());
    let mut writer = encoder.write_header().context("cannot draw a spectrogram")?;
    writer.write_image_data(&pixels).context("cannot draw a spectrogram")?;
    writer.finish()?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(file)))
}

/// 256 colours, perceptually even from black to light yellow.
fn inferno() -> Vec<u8> {
    let colours = (0..=255_usize).map(|index| colorous::INFERNO.eval_rational(index, 256));
    colours.flat_map(|colour| [colour.r, colour.g, colour.b]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_band_is_at_the_bottom_and_the_loudest_value_brightest() {
        // Three frames of two bands: the lower band loud, the upper one silent.
        let uri = data_uri(&[0.0, -80.0, 0.0, -80.0, -40.0, -80.0], 3, 2).unwrap();
        let file = STANDARD.decode(uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; 6];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [0, 0, 0, 255, 255, 127]);
    }
}
