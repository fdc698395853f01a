use super::Session;
use crate::listen::Stage;
use crate::{NotReady, Voice};

/// A voice that is known.
impl Session<'_> {
    /// Forgets the voice and what it said, and learns whoever speaks next, for as long as they speak: an enrolment.
    /// What was under way is dropped.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn enrol(&mut self, arena: &mut [i8]) -> Result<(), NotReady> {
        self.restore_voice(&Voice::default(), arena)?;
        self.network.freeze_voice(false);
        Ok(())
    }

    /// The voice as it is known so far, to be stored; [`Voice::heard`] says by how much speech. Listeners of two voices
    /// keep two such values.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn voice(&self, arena: &mut [i8]) -> Result<Voice, NotReady> {
        self.network.voice(arena)
    }

    /// Takes on a voice that was stored, or forgets the present one for a default [`Voice`]. What was under way is
    /// dropped.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn restore_voice(&mut self, voice: &Voice, arena: &mut [i8]) -> Result<(), NotReady> {
        self.network.restore_voice(voice, arena)?;
        self.decider.forget();
        self.ear.gate.close();
        self.stage = Stage::Asleep;
        Ok(())
    }

    /// Stops learning from the voice that is heard, or goes on: a guest does not change what is known of the owner.
    pub fn freeze_voice(&mut self, is_frozen: bool) {
        self.network.freeze_voice(is_frozen);
    }

    /// Whether it has stopped learning.
    #[must_use]
    pub const fn is_voice_frozen(&self) -> bool {
        self.network.is_voice_frozen()
    }
}
