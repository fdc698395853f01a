use std::collections::VecDeque;
use std::io::{self, Stdout};
use std::time::{Duration, Instant};

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use engine::listen::Stage;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Style};
use ratatui::symbols::bar;
use ratatui::widgets::{Bar, BarChart, BarGroup, Block, Gauge, Paragraph, Sparkline};
use ratatui::{Frame, Terminal, crossterm};

use super::{Happening, Said};

/// Between two pictures.
const PERIOD: Duration = Duration::from_millis(100);
/// The quietest level that is shown, in dB below full scale.
const QUIETEST: f64 = -72.0;
/// Pictures that the timeline goes back at most, and lines that are kept.
const TIMELINE: usize = 400;
const LINES: usize = 100;

/// What is shown of a stream.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Seconds of the stream so far.
    time: f64,
    stage: Option<Stage>,
    /// The highest level since the picture before, as a share of the range that is shown.
    level: f64,
    /// Levels in percent, the latest last.
    levels: VecDeque<u64>,
    latest: Option<Said>,
    /// What happened, the latest first.
    lines: VecDeque<String>,
}

impl View {
    /// Some of the stream has been heard.
    pub(crate) fn hear(&mut self, words: &[i16], time: f64, stage: Stage) {
        (self.time, self.stage) = (time, Some(stage));
        self.level = self.level.max(level(words));
    }

    /// Something happened.
    pub(crate) fn note(&mut self, happening: &Happening) {
        match (happening, happening.said()) {
            (Happening::Speech { .. }, _) => self.latest = None,
            (_, said) if said.shares.is_some() => self.latest = Some(said.clone()),
            _ => (),
        }
        self.tell(happening.text());
    }

    /// Shows a line.
    pub(crate) fn tell(&mut self, line: String) {
        self.lines.push_front(line);
        self.lines.truncate(LINES);
    }

    /// The next picture begins.
    fn step(&mut self) {
        self.levels.push_back((100.0 * self.level) as u64);
        if self.levels.len() > TIMELINE {
            self.levels.pop_front();
        }
        self.level = 0.0;
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let latest_shares = self.latest.as_ref().and_then(|said| Some((said, said.shares.as_ref()?)));
        let labels = latest_shares.map_or(0, |(_, shares)| shares.probabilities.len()) as u16;
        let heights = [3, 5, labels + 2].map(Constraint::Length);
        let areas = Layout::vertical(heights.into_iter().chain([Constraint::Fill(1)])).split(frame.area());
        let latest = self.levels.back().copied().unwrap_or(0);
        let title = format!(" {:.1} s: {} ", self.time, self.stage.map_or("waits", name));
        let gauge = Gauge::default().block(Block::bordered().title(title)).gauge_style(colour(self.stage));
        let decibels = QUIETEST * (1.0 - latest as f64 / 100.0);
        let gauge = gauge.percent(latest.min(100) as u16).label(format!("{decibels:.0} dB"));
        frame.render_widget(gauge, areas[0]);

        let width = usize::from(areas[1].width.saturating_sub(2));
        let levels: Vec<u64> =
            self.levels.iter().skip(self.levels.len().saturating_sub(width)).copied().collect();
        let timeline = Sparkline::default().block(Block::bordered().title(" level ")).data(&levels).max(100);
        frame.render_widget(timeline, areas[1]);

        if let Some((said, shares)) = latest_shares {
            let bars = shares.probabilities.iter().map(|(label, share)| {
                let percent = (100.0 * share).round() as u64;
                Bar::default().label(label.as_str()).value(percent).text_value(format!("{percent} %"))
            });
            let title =
                format!(" {} (valence {:+.1}, arousal {:+.1}) ", said.text(), shares.valence, shares.arousal);
            let chart = BarChart::default().block(Block::bordered().title(title)).bar_set(bar::NINE_LEVELS);
            let chart =
                chart.direction(ratatui::layout::Direction::Horizontal).bar_width(1).bar_gap(0).max(100);
            frame.render_widget(chart.data(BarGroup::default().bars(&bars.collect::<Vec<_>>())), areas[2]);
        }
        let lines = self.lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" events ")), areas[3]);
    }
}

/// The root mean square of a block, as a share of the range that is shown.
fn level(words: &[i16]) -> f64 {
    let sum: f64 = words.iter().map(|&word| f64::from(word).powi(2)).sum();
    let power = sum / words.len().max(1) as f64 / f64::from(i16::MIN).powi(2);
    (1.0 - 10.0 * power.max(1e-12).log10() / QUIETEST).clamp(0.0, 1.0)
}

fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Asleep => "quiet",
        Stage::Attentive => "listens",
        Stage::Speech => "speech",
        Stage::Ending => "decides",
        Stage::Doubtful => "not speech",
    }
}

fn colour(stage: Option<Stage>) -> Style {
    Style::new().fg(match stage {
        Some(Stage::Speech) => Color::Green,
        Some(Stage::Attentive | Stage::Ending) => Color::Yellow,
        Some(Stage::Doubtful) => Color::Red,
        Some(Stage::Asleep) | None => Color::Blue,
    })
}

/// A terminal that shows a [`View`], and is as it was before when this is dropped.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    drawn: Instant,
}

impl Screen {
    /// # Errors
    /// The terminal can't be written to.
    pub(crate) fn open() -> io::Result<Self> {
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(Self { terminal, drawn: Instant::now() })
    }

    /// Draws, if the last picture is some time ago.
    ///
    /// # Errors
    /// The terminal can't be written to.
    pub(crate) fn show(&mut self, view: &mut View) -> io::Result<()> {
        if self.drawn.elapsed() >= PERIOD {
            self.drawn = Instant::now();
            view.step();
            self.terminal.draw(|frame| view.draw(frame))?;
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        _ = execute!(io::stdout(), LeaveAlternateScreen, Show);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::listen::Shares;

    fn picture(view: &View) -> String {
        let mut terminal = Terminal::new(TestBackend::new(60, 20)).unwrap();
        terminal.draw(|frame| view.draw(frame)).unwrap();
        terminal.backend().to_string()
    }

    /// A full-scale square is at 0 dB, one of a hundredth at -40 dB.
    #[test]
    fn levels_are_worked_by_hand() {
        assert!((level(&[i16::MIN; 4]) - 1.0).abs() < 1e-9);
        assert!((level(&[-328, 327, -328, 327]) - (1.0 - 40.0 / 72.0)).abs() < 1e-3);
        assert!(level(&[0; 4]) == 0.0 && level(&[]) == 0.0);
    }

    #[test]
    fn a_stream_is_pictured() {
        let mut view = View::default();
        assert!(picture(&view).contains("waits"));
        let probabilities = vec![("sad".to_owned(), 0.25), ("happy".to_owned(), 0.75)];
        let shares = Some(Shares { probabilities, valence: 0.5, arousal: -0.25 });
        let said = Said { emotion: Some("happy".to_owned()), confidence: Some(0.75), shares };
        view.note(&Happening::Speech { t: 1.0, said: Said::default() });
        view.note(&Happening::Emotion { t: 2.0, said });
        view.hear(&[3277; 100], 2.5, Stage::Speech);
        view.step();
        let picture = picture(&view);
        for expected in [
            "2.5 s: speech",
            "-20 dB",
            "happy 75 %",
            "arousal -0.2",
            "sad",
            "25 %",
            "1.00 s  somebody speaks",
        ] {
            assert!(picture.contains(expected), "{expected}\n{picture}");
        }
        let order = ["2.00 s", "1.00 s"].map(|time| picture.find(time).unwrap());
        assert!(order[0] < order[1]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut view = View::default();
        for t in 0..1000 {
            view.note(&Happening::Speech { t: t.into(), said: Said::default() });
            view.step();
        }
        assert_eq!((view.lines.len(), view.levels.len()), (LINES, TIMELINE));
    }
}
