//! The space that a batch uses: characters by position, lengths, entropy, and how long guessing takes.
