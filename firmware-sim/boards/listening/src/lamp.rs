use engine::Emotion;
use engine::listen::{Event, Opinion, Verdict};

/// What a light of three colours shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, defmt::Format)]
pub struct Colour {
    /// Whether red is on.
    pub red: bool,
    /// Whether green is on.
    pub green: bool,
    /// Whether blue is on.
    pub blue: bool,
}

impl Colour {
    /// Off.
    pub const OFF: Self = Self::mix(false, false, false);
    const RED: Self = Self::mix(true, false, false);
    const GREEN: Self = Self::mix(false, true, false);
    const BLUE: Self = Self::mix(false, false, true);
    const YELLOW: Self = Self::mix(true, true, false);
    const CYAN: Self = Self::mix(false, true, true);
    const MAGENTA: Self = Self::mix(true, false, true);
    const WHITE: Self = Self::mix(true, true, true);

    /// Of labels that name no emotion, in the model's order; from the eighth on they repeat.
    const OF_LABELS: [Self; 7] =
        [Self::GREEN, Self::RED, Self::BLUE, Self::YELLOW, Self::CYAN, Self::MAGENTA, Self::WHITE];

    const fn mix(red: bool, green: bool, blue: bool) -> Self {
        Self { red, green, blue }
    }

    fn of(opinion: &Opinion<'_>) -> Self {
        match opinion.emotion() {
            Some(Emotion::Neutral | Emotion::Calm) => Self::WHITE,
            Some(Emotion::Happy) => Self::GREEN,
            Some(Emotion::Sad) => Self::BLUE,
            Some(Emotion::Angry) => Self::RED,
            Some(Emotion::Fearful) => Self::MAGENTA,
            Some(Emotion::Disgust) => Self::YELLOW,
            Some(Emotion::Surprised) => Self::CYAN,
            _ => Self::OF_LABELS[opinion.class() % Self::OF_LABELS.len()],
        }
    }
}

/// A light that shows what is heard: blinking white while somebody speaks and the emotion is not known, and the
/// emotion's colour from when it is announced until somebody speaks again. It is off before that, and when the emotion
/// is unsure. What was not speech ends the blinking, but leaves a colour.
pub(crate) struct Lamp<S> {
    set: S,
    shown: Colour,
    is_blinking: bool,
    blocks: u32,
}

impl<S: FnMut(Colour)> Lamp<S> {
    pub(crate) fn new(mut set: S) -> Self {
        set(Colour::OFF);
        Self { set, shown: Colour::OFF, is_blinking: false, blocks: 0 }
    }

    pub(crate) fn show(&mut self, event: &Event<'_>) {
        (self.shown, self.is_blinking) = match event {
            Event::Began { .. } => (Colour::WHITE, true),
            Event::Announced(opinion) | Event::Ended { verdict: Verdict::Emotion(opinion), .. } => {
                (Colour::of(opinion), false)
            }
            Event::Ended { verdict: Verdict::NotSpeech, .. } if !self.is_blinking => return,
            Event::Ended { .. } => (Colour::OFF, false),
            _ => return,
        };
        (self.set)(self.shown);
    }

    /// A block has been heard: a light that blinks changes every 32 of them, 0.1 s.
    pub(crate) fn tick(&mut self) {
        self.blocks = self.blocks.wrapping_add(1);
        if self.is_blinking && self.blocks.is_multiple_of(32) {
            let is_on = self.blocks.is_multiple_of(64);
            (self.set)(if is_on { self.shown } else { Colour::OFF });
        }
    }
}
