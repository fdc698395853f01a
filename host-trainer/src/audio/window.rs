/// The `length` consecutive samples with the highest energy, the first of equals. Shorter recordings are
/// padded with silence at their end.
///
/// ```
/// use host_trainer::audio::window;
///
/// assert_eq!(window(&[1, -5, 4, 0, 2], 2), [-5, 4]);
/// assert_eq!(window(&[7], 3), [7, 0, 0]);
/// ```
#[must_use]
pub fn window(samples: &[i16], length: usize) -> Vec<i16> {
    let start = loudest_start(samples, length);
    let mut window: Vec<i16> = samples.iter().skip(start).take(length).copied().collect();
    window.resize(length, 0);
    window
}

fn loudest_start(samples: &[i16], length: usize) -> usize {
    let square = |sample: i16| i64::from(sample) * i64::from(sample);
    let leaving = samples.iter().map(|&sample| square(sample));
    let entering = samples.iter().skip(length).map(|&sample| square(sample));
    // Energy above that of the first window.
    let (mut energy, mut highest, mut start) = (0, 0, 0);
    for (index, (enters, leaves)) in entering.zip(leaving).enumerate() {
        energy += enters - leaves;
        if energy > highest {
            (highest, start) = (energy, index + 1);
        }
    }
    start
}
