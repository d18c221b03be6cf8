//! One file a check, its page beside it. A check sees the subject and the shared reading aids, and no other check.

pub(crate) mod disclosure_policy;
pub mod fixed_accounts;
pub(crate) mod password_batch_unique;
pub mod security_txt;
pub(crate) mod support_period;
