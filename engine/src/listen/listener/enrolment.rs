use super::Listener;
use crate::listen::Stage;
use crate::{NotReady, Voice};

/// A voice that is known.
impl<const ARENA: usize> Listener<'_, ARENA> {
    /// Forgets the voice and what it said, and learns whoever speaks next, for as long as they speak: an enrolment.
    /// What was under way is dropped.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn enrol(&mut self) -> Result<(), NotReady> {
        self.restore_voice(&Voice::default())?;
        self.classifier.freeze_voice(false);
        Ok(())
    }

    /// The voice as it is known so far, to be stored; [`Voice::heard`] says by how much speech. Listeners of two voices keep
    /// two such values.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn voice(&mut self) -> Result<Voice, NotReady> {
        self.classifier.voice()
    }

    /// Takes on a voice that was stored, or forgets the present one for a default [`Voice`]. What was under way is dropped.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn restore_voice(&mut self, voice: &Voice) -> Result<(), NotReady> {
        self.classifier.restore_voice(voice)?;
        self.decider.forget();
        self.ear.gate.close();
        self.stage = Stage::Asleep;
        Ok(())
    }

    /// Stops learning from the voice that is heard, or goes on: a guest does not change what is known of the owner.
    pub fn freeze_voice(&mut self, is_frozen: bool) {
        self.classifier.freeze_voice(is_frozen);
    }
}
