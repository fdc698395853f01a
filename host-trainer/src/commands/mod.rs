//! The command line: one file a command.

mod answers;
mod confusion;
mod crossval;
mod each_file;
mod environments;
mod eval;
mod export;
mod features;
mod footprint;
mod import;
mod inspect;
mod labelling;
mod learnt;
mod listen;
mod model;
pub mod output;
mod predict;
mod preset;
mod run;
mod synth;
mod teacher_logits;
mod train;
mod tune;
mod values;

pub use answers::print_prediction;
pub use each_file::each_file;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Trains, quantises and evaluates models that recognise emotion from speech on a microcontroller.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train, quantise and evaluate a model.
    Train(train::Train),
    /// Train once for each fold of speakers and seed, and score each on its fold.
    Crossval(crossval::Crossval),
    /// Look for better hyperparameters on speakers who are kept from training.
    Tune(tune::Tune),
    /// Score a model on recordings, in int8, by the engine.
    Eval(eval::Eval),
    /// Say which emotion a recording expresses.
    Predict(predict::Predict),
    /// Listen to a microphone: raw 16-bit samples on standard input.
    Listen(listen::Listen),
    /// Write what the front end computes of a recording.
    Features(features::Features),
    /// Make a model blob of an int8 .tflite file.
    Import(import::Import),
    /// Run a network without a front end on arrays of int8.
    Run(run::Run),
    /// Print what is in a model blob, or in a .tflite file.
    Inspect(inspect::Inspect),
    /// Write a model blob as a C or Rust source file.
    Export(export::Export),
    /// Write the built-in demonstration corpus.
    Synth(synth::Synth),
}

impl Cli {
    /// Reads the command line, or says what is wrong with it and ends the program.
    #[must_use]
    pub fn of_command_line() -> Self {
        // A number with a minus sign is a wrong value of its option, not an option of its own.
        let command = Self::command().mut_subcommands(|subcommand| {
            subcommand.mut_args(|argument| {
                let is_option = !argument.is_positional() && argument.get_action().takes_values();
                argument.allow_negative_numbers(is_option)
            })
        });
        Self::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }

    /// Does what the command line asks for.
    ///
    /// # Errors
    /// One message for the user that names the file and says what to do.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Train(command) => command.run(),
            Command::Crossval(command) => command.run(),
            Command::Tune(command) => command.run(),
            Command::Eval(command) => command.run(),
            Command::Predict(command) => command.run(),
            Command::Listen(command) => command.run(),
            Command::Features(command) => command.run(),
            Command::Import(command) => command.run(),
            Command::Run(command) => command.run(),
            Command::Inspect(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Synth(command) => command.run(),
        }
    }
}
