//! Stories of a register on a real database: what goes in, what comes out, what crashes and accidents leave.

mod crashes;
mod damage;
mod failover;
mod faults;
mod nodes;
mod publication;
mod restarts;
mod submitting;
mod upkeep;
