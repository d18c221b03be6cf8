//! Whether a space is too weak, and how long guessing takes. The thresholds are our own judgement, with its reasons: the
//! law (SI 2023/1007, Schedule 1, paragraph 1(3)(d)) says "otherwise guessable" and EN 303 645 5.1-2 "reduces the risk of
//! automated attacks"; neither has a number.

use super::Space;
use super::entropy::{collisions, units_that_show};

/// How a password can be attacked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attack {
    /// By asking the device, at most this often an hour; `None` where no lock-out is declared.
    Online {
        /// Attempts an hour that the device answers.
        per_hour: Option<f64>,
    },
    /// From a recording, without the device: a Wi-Fi passphrase.
    Offline,
}

/// Guesses an hour where no lock-out is declared: 300 a second, what the small web server of a home device answers.
pub const UNLIMITED_PER_HOUR: f64 = 300.0 * 3600.0;

/// Guesses an hour from a recording: a thousand rented graphics cards. One makes about 2.5 million WPA2 guesses a second
/// (published hashcat benchmarks of the RTX 4090, mode 22000).
pub const OFFLINE_PER_HOUR: f64 = 1000.0 * 2.5e6 * 3600.0;

/// Bits wanted against guessing from a recording: [`OFFLINE_PER_HOUR`] then needs half a year on average and costs more
/// than a home network is worth.
pub const OFFLINE_BITS: f64 = 56.0;

/// A device that is attacked for a year without a pause falls with a chance of one in this many.
pub const ONE_FALLS_IN: f64 = 100.0;

/// However strict the lock-out, a password has at least this many bits: six digits.
/// Below, an attacker tries a few guesses on each of many devices and no lock-out sees him.
pub const FLOOR_BITS: f64 = 19.9;

/// Bits of space that a batch must show by having no duplicates. A generator with fewer than a million values is the
/// commonest fault: the seconds of a day are 16.4 bits, a 16-bit seed 16, a process number 15 to 22.
pub const SHOWN_BITS: f64 = 20.0;

const HOURS_A_YEAR: f64 = 8766.0;

/// What the space of a batch is worth against an attack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strength {
    /// The batch cannot have the bits that are wanted.
    TooWeak {
        /// Bits it has at most.
        bits: f64,
        /// Bits wanted.
        wanted: f64,
    },
    /// Nothing weak was seen, but so few units would show nothing either.
    Inconclusive {
        /// Bits it has at most.
        bits: f64,
        /// Units that would be enough.
        enough: u64,
    },
    /// Nothing weak was seen.
    NothingWeak {
        /// Bits it has at most.
        bits: f64,
        /// Bits the batch shows by having no more duplicates than it has. Never a proof of more.
        shown: f64,
    },
}

/// Bits wanted against an attack.
#[must_use]
pub fn wanted(attack: Attack) -> f64 {
    match attack {
        Attack::Offline => OFFLINE_BITS,
        Attack::Online { .. } => {
            (per_hour(attack) * HOURS_A_YEAR * ONE_FALLS_IN).max(1.0).log2().max(FLOOR_BITS)
        }
    }
}

/// Judges a batch with `pairs` pairs of equal passwords.
#[must_use]
pub fn strength(space: &Space, pairs: u64, attack: Attack) -> Strength {
    let seen = collisions(space.rows(), pairs);
    let bits = space.bits_at_most().min(seen.at_most.unwrap_or(f64::INFINITY));
    let wanted = wanted(attack);
    if space.rows() > 0 && bits < wanted {
        Strength::TooWeak { bits, wanted }
    } else if pairs == 0 && seen.at_least < SHOWN_BITS {
        Strength::Inconclusive { bits, enough: units_that_show(SHOWN_BITS) }
    } else {
        Strength::NothingWeak { bits, shown: seen.at_least }
    }
}

/// How long guessing one password takes on average, in words that follow on "guessing takes": half of the space at the
/// rate of the attack.
#[must_use]
pub fn time_to_guess(bits: f64, attack: Attack) -> String {
    words((bits - 1.0).max(0.0).exp2() / per_hour(attack) * 3600.0)
}

fn per_hour(attack: Attack) -> f64 {
    match attack {
        Attack::Offline => OFFLINE_PER_HOUR,
        Attack::Online { per_hour } => per_hour.filter(|rate| *rate > 0.0).unwrap_or(UNLIMITED_PER_HOUR),
    }
}

fn words(seconds: f64) -> String {
    const UNITS: [(f64, &str); 5] = [
        (HOURS_A_YEAR * 3600.0, "year"),
        (86_400.0, "day"),
        (3600.0, "hour"),
        (60.0, "minute"),
        (1.0, "second"),
    ];
    if seconds >= 1e6 * UNITS[0].0 {
        return "more than a million years".to_owned();
    }
    for (length, name) in UNITS {
        let count = (seconds / length).round();
        if count >= 1.0 {
            return format!("about {count} {name}{}", if count > 1.0 { "s" } else { "" });
        }
    }
    "less than a second".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_fall_in_minutes_without_a_lock_out_and_hold_for_years_with_one() {
        let digits = 1e6f64.log2();
        assert_eq!(time_to_guess(digits, Attack::Online { per_hour: None }), "about 28 minutes");
        assert_eq!(time_to_guess(digits, Attack::Online { per_hour: Some(10.0) }), "about 6 years");
        assert_eq!(time_to_guess(digits, Attack::Offline), "less than a second");
        assert_eq!(time_to_guess(128.0, Attack::Offline), "more than a million years");
        assert_eq!(time_to_guess(1.0, Attack::Online { per_hour: Some(1.0) }), "about 1 hour");
    }

    #[test]
    fn a_lock_out_asks_for_fewer_bits_but_never_for_fewer_than_six_digits() {
        let unlimited = wanted(Attack::Online { per_hour: None });
        let strict = wanted(Attack::Online { per_hour: Some(10.0) });
        assert!((unlimited - 40.0).abs() < 0.5, "{unlimited}");
        assert!((strict - 23.0).abs() < 0.5, "{strict}");
        assert_eq!(wanted(Attack::Online { per_hour: Some(1e-3) }), FLOOR_BITS);
        assert_eq!(wanted(Attack::Offline), OFFLINE_BITS);
    }
}
