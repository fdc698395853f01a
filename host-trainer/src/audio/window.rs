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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_of_equals_and_extreme_values() {
        assert_eq!(window(&[3, 0, 0, -3], 1), [3]);
        assert_eq!(window(&[i16::MAX, i16::MIN, i16::MIN, 0], 2), [i16::MIN, i16::MIN]);
        assert_eq!(window(&[], 2), [0, 0]);
        assert!(window(&[1, 2], 0).is_empty());
    }

    proptest! {
        #[test]
        fn no_stretch_is_louder(samples in prop::collection::vec(any::<i16>(), 0..60), length in 1..40usize) {
            let energy = |stretch: &[i16]| stretch.iter().map(|&s| i64::from(s).pow(2)).sum::<i64>();
            let found = window(&samples, length);
            prop_assert_eq!(found.len(), length);
            if samples.len() <= length {
                prop_assert_eq!(&found[..samples.len()], &samples[..]);
                prop_assert_eq!(energy(&found), energy(&samples));
            } else {
                let first_loudest = samples.windows(length).rev().max_by_key(|stretch| energy(stretch));
                prop_assert_eq!(Some(found.as_slice()), first_loudest);
            }
        }
    }
}
