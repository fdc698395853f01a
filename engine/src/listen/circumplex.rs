use crate::Emotion;

/// A place on the plane of feelings: how pleasant, and how excited, each from -1000 to 1000.
///
/// It is the mean of the emotions' places, weighted by their probabilities: a projection of what the model says and no
/// more, so it can't tell two angry voices apart. The plane is Russell's (J. A. Russell, A circumplex model of affect,
/// Journal of Personality and Social Psychology 39, 1980); the places are the mean ratings, less the middle of their
/// scale of 1 to 9, of the words happy, sad, angry, afraid, disgusted, surprised and (for calm) relaxed in M. M.
/// Bradley and P. J. Lang, Affective norms for English words (ANEW), report C-1, University of Florida, 1999. Neutral,
/// and labels that are no emotions, lie in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub struct Affect {
    /// From unpleasant to pleasant.
    pub valence: i16,
    /// From sleepy to excited.
    pub arousal: i16,
}

impl Affect {
    /// The place of one emotion.
    ///
    /// ```
    /// use prosodia::Emotion;
    /// use prosodia::listen::Affect;
    ///
    /// let angry = Affect::of(Emotion::Angry);
    /// assert_eq!((angry.valence, angry.arousal), (-538, 543)); // rated 2.85 and 7.17
    /// ```
    #[must_use]
    pub const fn of(emotion: Emotion) -> Self {
        let [valence, arousal] = match emotion {
            Emotion::Neutral => [0, 0],
            Emotion::Calm => [500, -653],
            Emotion::Happy => [803, 373],
            Emotion::Sad => [-848, -218],
            Emotion::Angry => [-538, 543],
            Emotion::Fearful => [-750, 418],
            Emotion::Disgust => [-638, 105],
            Emotion::Surprised => [618, 618],
        };
        Self { valence, arousal }
    }

    /// The mean of places, weighted by numbers that sum to about 2^15.
    pub(crate) fn mean(weighted: impl Iterator<Item = (Option<Emotion>, u16)>) -> Self {
        let places =
            weighted.map(|(emotion, weight)| (emotion.map(Self::of).unwrap_or_default(), i32::from(weight)));
        let [valence, arousal] = places.fold([0_i32; 2], |[valence, arousal], (place, weight)| {
            [
                valence.saturating_add(weight.saturating_mul(place.valence.into())),
                arousal.saturating_add(weight.saturating_mul(place.arousal.into())),
            ]
        });
        Self { valence: (valence >> 15) as i16, arousal: (arousal >> 15) as i16 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_is_the_emotion_s_place_and_doubt_lies_between() {
        let certain = Affect::mean([(Some(Emotion::Happy), 1 << 15)].into_iter());
        assert_eq!(certain, Affect::of(Emotion::Happy));
        let torn = [(Some(Emotion::Happy), 1 << 14), (Some(Emotion::Sad), 1 << 14), (None, 0)];
        assert_eq!(Affect::mean(torn.into_iter()), Affect { valence: -23, arousal: 77 });
    }
}
