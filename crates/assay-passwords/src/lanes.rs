//! Sixteen digests at once: MD5, SHA-1 and SHA-256 of one block, a message a lane.
