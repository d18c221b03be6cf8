//! What the system is asked before a secret is read: that a crash leaves no image of this process on a disk, and that no
//! other process of the same user may look into it.

use crate::exit::Failure;

/// Forbids core dumps, and others a look into memory.
pub(super) fn begin() -> Result<(), Failure> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(refused)?;
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(refused)?;
    }
    Ok(())
}

fn refused(error: rustix::io::Errno) -> Failure {
    Failure::impossible(format!(
        "the system does not let this program forbid core dumps ({error}): nothing secret was read"
    ))
}
