use super::*;

/// Separator, columns, first byte.
type Found = (Option<u8>, Vec<(Role, String)>, u64);

fn found(text: &str, said: &Said) -> Result<Found, LayoutProblem> {
    let layout = Layout::find(text.as_bytes(), said)?;
    Ok((layout.delimiter, layout.picks.into_iter().map(|c| (c.role, c.name)).collect(), layout.first_byte))
}

fn said(columns: &[(Role, &str)]) -> Said {
    Said { columns: columns.iter().map(|(r, n)| (*r, (*n).to_owned())).collect(), ..Said::default() }
}

#[test]
fn columns_are_found_by_their_names() {
    let (d, picks, at) =
        found("Serial No;MAC Address;Colour;SSID;WPA2 Key;Admin Password\n1;2;3;4;5;6\n", &Said::default())
            .unwrap();
    assert_eq!((d, at), (Some(b';'), 58));
    assert_eq!(
        picks,
        [
            (Role::Password, "WPA2 Key".to_owned()),
            (Role::Password, "Admin Password".to_owned()),
            (Role::Serial, "Serial No".to_owned()),
            (Role::Mac, "MAC Address".to_owned()),
            (Role::Public, "SSID".to_owned()),
        ]
    );
}

#[test]
fn columns_can_be_said_by_name_or_number() {
    let text = "SN1,aa:bb:cc:dd:ee:ff,secret1\nSN2,aa:bb:cc:dd:ee:00,secret2\n";
    let (d, picks, at) =
        found(text, &said(&[(Role::Password, "3"), (Role::Serial, "1"), (Role::Mac, "2")])).unwrap();
    assert_eq!((d, at), (Some(b','), 0));
    assert_eq!(picks[0], (Role::Password, "column 3".to_owned()));
    let (_, picks, _) = found("id,code\n1,x\n", &said(&[(Role::Password, "code")])).unwrap();
    assert_eq!(picks, [(Role::Password, "code".to_owned())]);
}

#[test]
fn a_bare_list_is_a_list_of_passwords_and_its_first_line_may_be_one() {
    let (d, picks, at) = found("xK3\nyL4\n", &Said::default()).unwrap();
    assert_eq!((d, at), (None, 0));
    assert_eq!(picks, [(Role::Password, "column 1".to_owned())]);
    assert_eq!(found("password\nyL4\n", &Said::default()).unwrap().2, 9);
    assert_eq!(
        found("password\npassword\n", &Said::default()).unwrap().2,
        0,
        "a password that looks like a heading"
    );
}

#[test]
fn what_does_not_fit_is_refused_with_the_mend() {
    let problem = |text: &str, said: &Said| found(text, said).unwrap_err().to_string();
    assert!(problem("", &Said::default()).contains("empty"));
    assert!(problem("\u{feff}\n\n", &Said::default()).contains("empty"));
    assert!(problem("serial,colour\n1,red\n", &Said::default()).contains("--password"));
    assert!(problem("serial,password\n1,x\n", &said(&[(Role::Mac, "mca")])).contains("`mca`"));
    assert!(
        problem("serial,password\n1,x\n", &said(&[(Role::Mac, "serial"), (Role::Serial, "1")]))
            .contains("twice")
    );
    let utf16: Vec<u8> = "serial".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&[0xff, 0xfe], utf16.as_slice()].concat();
    assert_eq!(Layout::find(&utf16, &Said::default()).unwrap_err(), LayoutProblem::Utf16);
}

#[test]
fn a_file_without_headings_shows_none_of_its_cells() {
    let text = "SN1,s3cret-one\nSN2,s3cret-two\n";
    let problem = found(text, &Said::default()).unwrap_err().to_string();
    assert!(!problem.contains("s3cret"), "{problem}");
}

#[test]
fn columns_of_one_name_are_told_apart() {
    let text = "serial,password,Password\n1,a,b\n";
    let (_, picks, _) = found(text, &Said::default()).unwrap();
    let names: Vec<&str> = picks.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["password (column 2)", "Password (column 3)", "serial"]);
    let problem = found(text, &said(&[(Role::Password, "PASSWORD")])).unwrap_err().to_string();
    assert!(problem.contains("by its number, 2 or 3"), "{problem}");
    let (_, picks, _) = found(text, &said(&[(Role::Password, "3")])).unwrap();
    assert_eq!(picks[0].1, "Password (column 3)");
}

#[test]
fn text_of_other_systems_is_named_as_that() {
    let text = "serial,password\nSN1,abcdefgh\nSN2,abcdefgh\n";
    for bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        let unmarked: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
        assert_eq!(Layout::find(&unmarked, &Said::default()).unwrap_err(), LayoutProblem::Utf16);
    }
    let old = text.replace('\n', "\r");
    assert_eq!(found(&old, &Said::default()).unwrap_err(), LayoutProblem::CarriageReturns);
    assert!(found(&text.replace('\n', "\r\n"), &Said::default()).is_ok());
    assert!(found("serial,password\r", &Said::default()).is_ok());
}

#[test]
fn noise_is_no_text_and_passwords_of_any_bytes_are() {
    let noise: Vec<u8> = (0..2_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for bytes in [noise, vec![0; 500]] {
        assert_eq!(Layout::find(&bytes, &Said::default()).unwrap_err(), LayoutProblem::NoText);
    }
    let bytes = [b"serial,password\n".as_slice(), &b"SN1,\x00\xff\x01key\n".repeat(50)].concat();
    assert!(Layout::find(&bytes, &Said::default()).is_ok());
}
