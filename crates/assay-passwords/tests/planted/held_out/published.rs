//! Default-password algorithms of routers that others published, each held against the example published with it
//! (`planted_self.rs`). Facts in our own words; sources beside each.

use crate::planted::encode::hex;
use crate::planted::hash::{md5, sha1};
use crate::planted::units::Unit;
use crate::planted::{MAC, PUBLIC, Reach, SERIAL, Scheme, scheme};

pub(super) fn schemes() -> Vec<Scheme> {
    const WHY: &str = "an operator's routers really had it";
    let one = |id: &str, kind: &'static str, make: fn(&Unit) -> String| {
        scheme(id, kind, Reach::Sampled, WHY, move |unit: &Unit, _| make(unit))
            .also(&[MAC, SERIAL, PUBLIC])
            .by_hypothesis()
    };
    vec![
        one("held-published-easybox", MAC, |u| easybox(u.mac)),
        one("held-published-eircom", MAC, |u| eircom(u.mac)),
        one("held-published-comtrend", MAC, |u| {
            comtrend(&u.mac_bare()[..8], &u.ssid[u.ssid.len() - 4..], u.mac)
        }),
        one("held-published-speedtouch", SERIAL, |u| {
            // The unit's number in the form of that maker: year and week of production, then its last three characters.
            let week = format!("{:02}", 1 + u.day % 52);
            speedtouch(&u.date[2..4], &week, u.serial_tail(3))
        }),
    ]
}

/// Arcadyan's patent DE 10 2007 047 320 A1; worked example in the Zebradem wiki, `EasyBox Standard WPA Key`.
pub(crate) fn easybox(mac: u64) -> String {
    let decimal = format!("{:05}", mac & 0xffff);
    let s: Vec<u64> = decimal.bytes().map(|b| u64::from(b - b'0')).collect();
    let m: Vec<u64> = (0..4).map(|i| mac >> (12 - 4 * i) & 15).collect();
    let one = (s[1] + s[2] + m[2] + m[3]) & 15;
    let two = (m[0] + m[1] + s[3] + s[4]) & 15;
    let key = [
        one ^ s[4],
        two ^ m[1],
        m[2] ^ s[4],
        one ^ s[3],
        two ^ m[2],
        m[3] ^ s[3],
        one ^ s[2],
        two ^ m[3],
        one ^ two,
    ];
    key.iter().map(|n| format!("{n:X}")).collect()
}

/// Eircom's Netopia routers: the serial number, which follows from the address, in words, then a line of a song. Known
/// since 2007; example from RouterKeygen's tests.
pub(crate) fn eircom(mac: u64) -> String {
    const WORDS: [&str; 10] =
        ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let serial = 0x0100_0000 + (mac & 0xff_ffff);
    let words: String = serial.to_string().bytes().map(|d| WORDS[usize::from(d - b'0')]).collect();
    hex(&sha1(words + "Although your world wonders me, "))[..26].into()
}

/// Comtrend's routers of Spanish operators: MD5 of a constant, the first four bytes of an address of the router, the end of
/// the network's name, and the address it sends from. Published in 2011; example from RouterKeygen's tests.
pub(crate) fn comtrend(first_four: &str, ssid_end: &str, mac: u64) -> String {
    hex(&md5(format!("bcgbghgg{first_four}{}{mac:012X}", ssid_end.to_uppercase())))[..20].into()
}

/// Thomson SpeedTouch: SHA-1 of `CP`, year, week and the last three characters in hexadecimal; the first five bytes are the
/// key, the last three the network's name. Published by Kevin Devine in 2008, with this example.
pub(crate) fn speedtouch(year: &str, week: &str, last: &str) -> String {
    let message = format!("CP{year}{week}{}", hex(last.as_bytes()).to_uppercase());
    hex(&sha1(message))[..10].to_uppercase()
}
