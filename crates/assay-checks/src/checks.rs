//! One file a check, its page beside it. A check sees the subject and the shared reading aids, and no other check.

pub(crate) mod disclosure_policy;
pub mod fixed_accounts;
pub(crate) mod ics_justifications;
pub(crate) mod ixit_confirmations;
pub(crate) mod ixit_crypto_agility;
pub(crate) mod ixit_interfaces;
pub(crate) mod ixit_parameters;
pub(crate) mod ixit_reviews;
pub(crate) mod ixit_services;
pub(crate) mod ixit_telemetry;
pub(crate) mod ixit_updates;
pub(crate) mod password_audit;
pub(crate) mod password_batch_unique;
pub(crate) mod password_states;
pub(crate) mod replacement_page;
pub mod security_txt;
pub(crate) mod support_length;
pub(crate) mod support_period;
