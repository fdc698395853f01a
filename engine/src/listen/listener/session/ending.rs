use super::{Call, Session};
use crate::listen::Stage;
use crate::listen::decision::{Event, Verdict};

/// The end of an utterance.
impl<'m> Session<'m> {
    /// The gate has closed.
    pub(super) fn close(&mut self, call: &mut Call<'_, 'm>) {
        self.hear_the_rest(call);
        let end = self.time.saturating_sub(self.ear.gate.quiet_samples()).max(self.start);
        match self.stage {
            Stage::Speech => self.end_speech(end, Stage::Asleep),
            Stage::Attentive => {
                (call.on_event)(Event::Ended { start: self.start, end, verdict: Verdict::NotSpeech });
                self.fall_asleep(call);
            }
            Stage::Asleep | Stage::Doubtful => self.fall_asleep(call),
            Stage::Ending => self.next = Stage::Asleep,
        }
    }

    /// Lets the network hear what waits and what the resampler holds back, as long as it listens.
    fn hear_the_rest(&mut self, call: &mut Call<'_, 'm>) {
        let mut behind = 0..self.ear.delay();
        while self.is_heard_by_the_network() {
            let Some(sample) = self.pre_roll.pop().or_else(|| behind.next().map(|_| 0)) else {
                return self.run(call);
            };
            self.feed(sample, call);
        }
    }

    fn fall_asleep(&mut self, call: &mut Call<'_, 'm>) {
        // Nothing is learnt from what was not speech.
        _ = self.network.reset(call.arena);
        self.stage = Stage::Asleep;
    }

    /// The utterance is over: its last answer is to be worked out.
    pub(super) const fn end_speech(&mut self, end: u64, next: Stage) {
        (self.stage, self.next, self.end) = (Stage::Ending, next, end);
    }

    /// Works on the utterance's last answer. When it is there, so is the verdict.
    pub(super) fn work_out(&mut self, call: &mut Call<'_, 'm>) {
        match self.network.finish_step(call.arena) {
            Ok(None) => return,
            Ok(Some(answer)) => self.decider.hear(&answer),
            Err(_) => (),
        }
        let is_long_enough = self.is_long_enough(self.end);
        let verdict = self.decider.end(call.labels, self.end, is_long_enough);
        (call.on_event)(Event::Ended { start: self.start, end: self.end, verdict });
        self.stage = self.next;
        if self.next == Stage::Attentive {
            self.wake(call);
        }
    }
}
