//! Passwords that routers made with a shift register, or from the network's name, which follows from the same number.
//!
//! Sources, all in RouterKeygen: Sitecom WLR-341 and WLR-4000 in `SitecomWLR341_400xKeygen`, Spanish `WLANXXXXXX` in
//! `Wlan6Keygen`, Verizon FiOS (Actiontec) in `VerizonKeygen`. The test vectors are those published with them.

use super::{Identifiers, shifted};

type Yield<'a> = &'a mut dyn FnMut(&[u8]);

/// Twelve steps of a register over the last four bytes of the address or one near it; a state that repeats takes its letter
/// from a second alphabet.
pub(super) fn sitecom(ids: &Identifiers, give: Yield) {
    const ALPHABETS: [[&[u8]; 2]; 3] = [
        [b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"W0X1CDYNJU8VOZA0BKL46PQ7RS9T2E5HI3MFG"],
        [b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ38BZ", b"WXCDYNJU8VZABKL46PQ7RS9T2E5H3MFGPWR2"],
        [b"JKLMNPQRST23456789ABCDEFGHUVWXYZ38BK", b"E5MFJUWXCDKL46PQHAB3YNJ8VZ7RS9TR2GPW"],
    ];
    for step in [0, 1, 4] {
        let [.., a, b, c, d] = shifted(ids.mac, step);
        let mut state = u32::from_be_bytes([a, b, c, d]);
        let places: [usize; 12] = std::array::from_fn(|_| {
            state = if state & 1 == 0 {
                (state ^ 0x0004_321a) >> 1
            } else {
                (state ^ 0x9812_4557) >> 1 | 1 << 31
            };
            (state % 36) as usize
        });
        for [letters, others] in ALPHABETS {
            let key: [u8; 12] = std::array::from_fn(|n| {
                if n > 0 && places[n] == places[n - 1] {
                    others[(places[n - 1] + n) % 36]
                } else {
                    letters[places[n]]
                }
            });
            give(&key);
        }
    }
}

/// Sums and XORs of the six characters of the network's name and the last byte of the address, with ten possible beginnings.
pub(super) fn wlan_six(ids: &Identifiers, give: Yield) {
    let Some(name) = ids.network.len().checked_sub(6).map(|at| &ids.network[at..]) else { return };
    let hex = |c: &u8| char::from(*c).to_digit(16);
    let Some(name) = name.iter().map(hex).collect::<Option<Vec<u32>>>() else { return };
    let [.., last] = ids.mac;
    let (high, low) = (u32::from(last >> 4), u32::from(last & 15));
    for start in 0..10 {
        let a = start + name[3] + high + low;
        let b = name[1] + name[2] + name[4] + name[5];
        let (second, sixth, tenth) = (a ^ name[5], a ^ name[4], a ^ name[3]);
        let (third, seventh, eleventh) = (b ^ name[2], b ^ high, b ^ low);
        let (fourth, eighth, twelfth) = (high ^ name[5], low ^ name[4], a ^ b);
        let key = [
            twelfth ^ sixth,
            second,
            third,
            fourth,
            second ^ eighth,
            sixth,
            seventh,
            eighth,
            seventh ^ eleventh,
            tenth,
            eleventh,
            twelfth,
            third ^ tenth,
        ];
        give(&key.map(|digit| b"0123456789ABCDEF"[(digit & 15) as usize]));
    }
}

/// Two bytes of the address, then the network's name read backwards in base 36.
pub(super) fn fios(ids: &Identifiers, give: Yield) {
    let name = ids.network;
    if name.len() != 5 {
        return;
    }
    let digit = |c: &u8| char::from(*c).to_digit(36);
    if let Some(number) = name.iter().rev().try_fold(0, |n, c| Some(n * 36 + digit(c)?)) {
        give(format!("{:02X}{:02X}{number:06X}", ids.mac[1], ids.mac[2]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::gives;
    use super::*;

    #[test]
    fn published_passwords_come_out() {
        let nine = [
            "HBGBACFMKZ8V",
            "KDJDCEHQNZAZ",
            "9383247ECKSZ",
            "I4SDTL3C76AY",
            "L7WFXP5E98CB",
            "A3W5XDM4RQ2B",
            "N83Y6AOBW93A",
            "RA5B8CSD3B5C",
            "FSMBQ2G33TM2",
        ];
        nine.iter().for_each(|key| gives(sitecom, "00:0C:F6:01:23:45", "", "", key));
        gives(wlan_six, "11:22:33:44:55:66", "", "WLAN123456", "5630556304607");
        gives(wlan_six, "11:22:33:44:55:66", "", "WLAN123456", "5F30CC630D69E");
        gives(fios, "00:18:01:EA:3D:99", "", "E3X12", "1801349FCA");
        gives(fios, "00:1F:90:E6:D4:E3", "", "RSHZ0", "1F901944DB");
    }
}
