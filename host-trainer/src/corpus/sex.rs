use serde::{Deserialize, Serialize};

/// A speaker's sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// A woman.
    Female,
    /// A man.
    Male,
}

impl Sex {
    /// Both, in declaration order.
    pub const ALL: [Self; 2] = [Self::Female, Self::Male];

    /// The name in figures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}
