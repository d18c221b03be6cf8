//! Passwords that count up, in the order of the file and in the order of the serial numbers.
