//! `assay key new`: a maker's Ed25519 key in a file that only its owner can read.

use std::path::PathBuf;

use assay::key::SecretKey;
use assay::statement::MakerId;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::{folder, output, today};

/// A maker's signing key
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a key; the file is readable by you alone and is never overwritten
    #[command(
        after_help = "Example:\n  assay key new --out maker.key\n\nKeep a copy in a safe place: whoever has this file can declare in your name."
    )]
    New {
        /// Where to write it
        #[arg(long, value_name = "FILE", default_value = "maker.key")]
        out: PathBuf,
    },
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let Verb::New { out } = &args.verb;
    if out.exists() {
        return Err(Failure::unreadable(format!(
            "{} exists already: a key is never overwritten",
            out.display()
        )));
    }
    let mut seed = [0u8; 32];
    today::random(&mut seed)?;
    let key = SecretKey::from_seed(&seed);
    folder::write_whole(out, key.to_file().as_bytes(), true)?;
    let (public, maker) = (key.public(), MakerId::of(&key.public()));
    if as_json {
        output::json(&json!({
            "schema": "assay-key-0", "file": out, "public_key": public, "key_id": public.id().to_string(), "maker": maker,
        }))?;
    } else {
        output::print(&format!(
            "key file    {} (keep it secret, keep a copy)\npublic key  {public}\nkey id      {}\nmaker id    {maker}\n",
            out.display(),
            public.id()
        ))?;
    }
    Ok(Exit::Holds)
}
