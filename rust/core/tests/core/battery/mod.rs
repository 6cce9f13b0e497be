//! What happens when everything around the vault fails, by the thousand.
//!
//! Each test here is a row of `docs/proof.md`. With every test run it does a quick form of itself, and with
//! `STRONGROOM_BATTERY=long` the whole.

mod key_matrix;
