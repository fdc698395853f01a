//! Presets: a front end, a network and a recipe under one name.
