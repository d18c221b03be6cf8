//! Passwords that routers made by digesting the hardware address or the serial number, mostly with a constant that was read
//! out of the firmware.
//!
//! Sources: Thomson SpeedTouch and BT Home Hub, K. Devine, as told by GNUCITIZEN, 2008; the rest as in RouterKeygen: Eircom in
//! `EircomKeygen`, Alice Germany in `AliceGermanyKeygen`, Pirelli (Arnet, Meo) in `ArnetPirelliKeygen` and `MeoPirelliKeygen`,
//! PRG EAV4202N in `PBSKeygen`, Comtrend in `ComtrendKeygen`, Sitecom WLR-2100 in `Sitecom2100Keygen`. The test vectors are
//! those published with them.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::{Identifiers, shifted};

type Yield<'a> = &'a mut dyn FnMut(&[u8]);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// SHA-1 of `CP`, year, week and the hexadecimal of three characters of the serial number; its beginning is the password.
pub(super) fn thomson(ids: &Identifiers, give: Yield) {
    // CP YY WW PP XXX, and (CC) behind it on the label: PP and CC are left out.
    let Some(serial) = ids.serial.get(..11).filter(|s| s.starts_with(b"CP")) else { return };
    let message = [&serial[..6], hex(&serial[8..11]).to_uppercase().as_bytes()].concat();
    let key = hex(&Sha1::digest(message))[..10].to_owned();
    give(key.as_bytes());
    give(key.to_uppercase().as_bytes());
}

/// SHA-1 of the serial number in English words, digit by digit, and a line of Jimi Hendrix.
pub(super) fn eircom(ids: &Identifiers, give: Yield) {
    const WORDS: [&str; 10] =
        ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let serial = (1 << 24 | ids.nic()).to_string();
    let words: String = serial.bytes().map(|d| WORDS[usize::from(d - b'0')]).collect();
    let key = hex(&Sha1::digest(words + "Although your world wonders me, "));
    give(&key.as_bytes()[..26]);
}

/// Base64 of twelve hexadecimal digits of the MD5 of the address before.
pub(super) fn alice_germany(ids: &Identifiers, give: Yield) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut mac = ids.mac;
    let nic = ids.nic().wrapping_sub(1).to_be_bytes();
    mac[3..].copy_from_slice(&nic[1..]);
    let digits = hex(&Md5::digest(hex(&mac)));
    let key: Vec<u8> = digits.as_bytes()[..12]
        .chunks(3)
        .flat_map(|c| {
            let group = u32::from_be_bytes([0, c[0], c[1], c[2]]);
            [18, 12, 6, 0].map(|shift| LETTERS[(group >> shift & 63) as usize])
        })
        .collect();
    give(&key);
}

/// SHA-256 of a constant, `1236790` and a neighbouring address, each byte modulo 36.
pub(super) fn pirelli(ids: &Identifiers, give: Yield) {
    for (step, len) in [(1, 10), (-1, 8)] {
        let message = [&SEED[..], b"1236790", &shifted(ids.mac, step)].concat();
        give(&modulo(&Sha256::digest(message)[..len], b"0123456789abcdefghijklmnopqrstuvwxyz"));
    }
}

/// The same constant with its beginning and one byte changed, and an alphabet in which J and K have changed places.
pub(super) fn prg(ids: &Identifiers, give: Yield) {
    let mut seed = SEED;
    seed[..6].copy_from_slice(b"TEOtel");
    seed[28] = 0x94;
    let mut mac = ids.mac;
    mac[5] = mac[5].wrapping_sub(5);
    let digest = Sha256::digest([&seed[..], &mac].concat());
    give(&modulo(&digest[..13], b"0123456789ABCDEFGHIKJLMNOPQRSTUVWXYZabcdefghikjlmnopqrstuvwxyz"));
}

const SEED: [u8; 32] = [
    0x64, 0xc6, 0xdd, 0xe3, 0xe5, 0x79, 0xb6, 0xd9, 0x86, 0x96, 0x8d, 0x34, 0x45, 0xd2, 0x3b, 0x15, 0xca,
    0xaf, 0x12, 0x84, 0x02, 0xac, 0x56, 0x00, 0x05, 0xce, 0x20, 0x75, 0x91, 0x3f, 0xdc, 0xe8,
];

fn modulo(bytes: &[u8], letters: &[u8]) -> Vec<u8> {
    bytes.iter().map(|b| letters[usize::from(*b) % letters.len()]).collect()
}

/// MD5 of `bcgbghgg`, the wired address and the wireless one. The wired one is known by its first four bytes and the last
/// four characters of the network's name.
pub(super) fn comtrend(ids: &Identifiers, give: Yield) {
    let Some(tail) = ids.network.len().checked_sub(4).map(|at| &ids.network[at..]) else { return };
    let mac = hex(&ids.mac).to_uppercase();
    let wired = [&mac.as_bytes()[..8], tail].concat();
    give(comtrend_key(&wired.to_ascii_uppercase(), mac.as_bytes()).as_bytes());
}

fn comtrend_key(wired: &[u8], wireless: &[u8]) -> String {
    hex(&Md5::digest([b"bcgbghgg", wired, wireless].concat()))[..20].to_owned()
}

/// The last half of the MD5 of the address as a number in base 24, its last digit first.
pub(super) fn sitecom_2100(ids: &Identifiers, give: Yield) {
    let digest = Md5::digest(hex(&ids.mac));
    let mut number = digest[8..].iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let key: Vec<u8> = (0..12)
        .map(|_| {
            let letter = b"ABCDEFGHJKLMNPQRSTUVWXYZ"[(number % 24) as usize];
            number /= 24;
            letter
        })
        .collect();
    give(&key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::gives;
    use super::*;

    #[test]
    fn published_passwords_come_out() {
        gives(thomson, "", "CP0615JT109(53)", "", "742DA831D2");
        gives(thomson, "", "CP0647EH6DM(BF)", "", "06f48a28eb");
        gives(eircom, "00:0F:CC:59:B0:9C", "", "", "29b2e9560b3a83a187ec5f2057");
        gives(alice_germany, "00:1E:40:A0:84:C4", "", "", "MGIwMjhjYTYzZmM0");
        gives(alice_germany, "00:25:5E:01:02:03", "", "", "OWZlODAwYzliMTM4");
        gives(pirelli, "74:88:8B:27:2B:F4", "", "", "781haylokm");
        gives(pirelli, "84:26:15:AE:BC:15", "", "", "78leqnej");
        gives(prg, "38:22:9D:11:22:33", "", "", "PcL2PgUcX0VhV");
        gives(sitecom_2100, "00:0C:F6:01:23:45", "", "", "YWPZSSHVMNEN");
        assert_eq!(comtrend_key(b"64680C001234", b"001A2B112233"), "9e701814299bf841e288");
        assert_eq!(comtrend_key(b"3872C0FF1234", b"001A2B112233"), "cb20cce51c5bc7457e08");
    }
}
