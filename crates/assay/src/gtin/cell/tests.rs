use super::*;
use crate::gate::unmatched;
use GtinError::{
    Absent, BookNumber, CheckDigit, Coupon, Damaged, Length, NotDigits, RetailerOwned, Several, ShortUpc,
};

fn check(cell: &str, wanted: Result<&str, GtinError>) {
    assert_eq!(read_cell(cell).map(|g| g.to_string()), wanted.map(str::to_owned), "{cell:?}");
}

const GOOD: &str = "04006381333931";

#[test]
fn every_length_is_read_and_zeros_lost_or_added_in_front_are_mended() {
    for (cell, wanted) in [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", GOOD),
        ("10012345678902", "10012345678902"),
        ("36000291452", "00036000291452"),
        ("00000096385074", "00000096385074"),
        ("000000096385074", "00000096385074"),
        ("000004006381333931", GOOD),
        ("00000000000000000004006381333931", GOOD),
    ] {
        check(cell, Ok(wanted));
    }
    check("872790083144300", Err(Length(15)));
    check("100000004006381333931", Err(Length(21)));
    check("000000000000000000004006381333931", Err(Length(33)));
    check("1234567", Err(Length(7)));
}

#[test]
fn blanks_hyphens_and_what_nobody_sees_change_nothing() {
    for cell in [
        " 4006381333931\t",
        "4-006381-333931",
        "4 006381 333931",
        "4006381\u{a0}333931",
        "4\u{2009}006381\u{202f}333931\u{3000}",
        "\u{feff}4006381333931",
        "4006\u{200b}381333931\u{200e}",
        "4006381\u{2011}333931",
        "4006381–333931",
        "4006381333931\r\n",
        "４００６３８１３３３９３１",
        "４-００６３８１－333931",
    ] {
        check(cell, Ok(GOOD));
    }
    check("-4006381333931", Err(NotDigits(1)));
    check("4006381333931-", Err(NotDigits(14)));
    check("4006381333931- -", Err(NotDigits(14)));
    check("٤٠٠٦٣٨١٣٣٣٩٣١", Err(NotDigits(1)));
    check("4006381\u{0}333931", Err(NotDigits(8)));
}

#[test]
fn what_a_spreadsheet_adds_without_a_loss_is_taken_away() {
    for cell in [
        "'4006381333931",
        "’4006381333931",
        "\"4006381333931\"",
        "=\"4006381333931\"",
        " =\" 4006381333931 \" ",
        "'=\"04006381333931\"",
        "4006381333931.",
        "4006381333931.0",
        "4006381333931.00",
        "4006381333931,0",
        "4.006381333931E+12",
        "4,006381333931E+12",
        "4.00638133393100e12",
        "4.006381333931E+012",
        "4006381333931E0",
        "4.006381333931 E 12",
    ] {
        check(cell, Ok(GOOD));
    }
    check("9.6385074E+7", Ok("00000096385074"));
    check("4006381333932.0", Err(CheckDigit { expected: 1, found: 2 }));
    check("4006381333931.5", Err(NotDigits(14)));
    check("=4006381333931", Err(NotDigits(1)));
}

#[test]
fn digits_that_are_lost_are_never_guessed() {
    for cell in [
        "4.00638E+12",
        "5,01234E+12",
        "5.01E12",
        "5E+12",
        "4.00638133393E+12",
        "4.0063813339315E+12",
        "5.01E+17",
        " '4.00638e+12",
    ] {
        check(cell, Err(Damaged));
    }
    // Another number in the same cell does not mend it.
    check("4.00638E+12; 4006381333931", Err(Several(2)));
    // A letter within an article number is no exponent.
    check("12E5", Err(NotDigits(3)));
    check("4006381333931EUR", Err(NotDigits(14)));
    check("4.00638E-12", Err(NotDigits(8)));
    check("4.00638E+", Err(NotDigits(8)));
    check("4.00638E+1000", Err(NotDigits(8)));
}

#[test]
fn a_short_american_number_is_expanded_if_it_has_no_other_reading() {
    check("09478222", Ok("00094200007822"));
    check("0 947822 2", Ok("00094200007822"));
    check("04252614", Ok("00042100005264"));
    // Right as a number that a shop gives itself as well, and as that alone.
    check("01234565", Err(ShortUpc(12_345_000_065)));
    check("00388368", Err(ShortUpc(3_883_000_068)));
    check("04819615", Err(RetailerOwned));
    // Number system 1: as a short form alone, as a GTIN-8 as well, and as a GTIN-8 alone.
    check("15551439", Err(ShortUpc(155_500_000_149)));
    check("18288360", Err(ShortUpc(182_883_000_060)));
    check("18690736", Ok("00000018690736"));
    check("09141777", Err(CheckDigit { expected: 3, found: 7 }));
    // With its zeros in front the same number has one reading.
    check("00000018288360", Ok("00000018288360"));
    check("00000000388368", Err(RetailerOwned));
}

#[test]
fn numbers_of_books_and_periodicals_are_told_from_gtins() {
    for cell in [
        "0-306-40615-2",
        "0306406152",
        "306406152",
        "0-8044-2957-X",
        "080442957x",
        "0378-5955",
        "2434-561X",
        "2434561x ",
        // Right as UPC-A that lost zeros as well.
        "4450334647",
        "192140973",
        // Right as GTIN-8 as well, but written as no GTIN-8 is.
        "7684-7608",
        // Eight digits that are right as nothing else, or as UPC-E as well.
        "17903289",
        "11983914",
    ] {
        check(cell, Err(BookNumber));
    }
    check("76847608", Ok("00000076847608"));
    check("05716241", Err(RetailerOwned));
    check("0-8044-2957-2", Err(CheckDigit { expected: 1, found: 2 }));
    check("0-8044-2958-X", Err(NotDigits(13)));
    check("080442X957", Err(NotDigits(7)));
    for (cell, wanted) in [
        ("978-0-306-40615-7", "09780306406157"),
        ("9790060115615", "09790060115615"),
        ("9772049363002", "09772049363002"),
    ] {
        check(cell, Ok(wanted));
    }
}

#[test]
fn numbers_of_shops_and_coupons_are_told_from_the_makers() {
    for cell in ["2000000000008", "0200000000004", "0400000000008", "20000004", "2059595050240"] {
        check(cell, Err(RetailerOwned));
    }
    for cell in ["9800000000007", "9841234567898", "9901234567899", "512345678900"] {
        check(cell, Err(Coupon));
    }
}

#[test]
fn several_numbers_are_one_if_they_are_the_same_and_never_the_first() {
    for cell in [
        "4006381333931;04006381333931",
        "4006381333931, 4006381333931",
        "4006381333931 4006381333931",
        "4006381333931\n4006381333931\n",
        "4006381333931 | =\"4006381333931\" ; 4006381333931.0",
        "4006381333931;",
        "4006381333931; n/a",
        "- / 4006381333931",
        "\"4006381333931\";\"4006381333931\"",
        "=\"4006381333931, 4006381333931\"",
    ] {
        check(cell, Ok(GOOD));
    }
    for (cell, count) in [
        ("4006381333931;96385074", 2),
        ("4006381333931,96385074", 2),
        ("4006381333931/96385074", 2),
        ("4006381333931|96385074", 2),
        ("4006381333931 96385074", 2),
        ("4006381333931\r\n96385074", 2),
        ("4006381333931; 4006381333931, 96385074", 3),
        ("4006381333931;4006381333932", 2),
        ("4006381333931;2000000000008", 2),
        ("4006381333931;4.00638E+12", 2),
        ("4006381333931/12", 2),
    ] {
        check(cell, Err(Several(count)));
    }
    check("4006381333931; PS00100", Err(NotDigits(16)));
    check("4006381333931 PS00100", Err(NotDigits(15)));
    // Two blanks apart, but not two GTINs.
    check("4006381333931 123", Err(Length(16)));
    check("2000000000008;2000000000015", Err(RetailerOwned));
    check("1234;5678", Err(Length(4)));
}

#[test]
fn words_for_nothing_are_no_number_and_no_fault() {
    for cell in [
        "",
        "  ",
        "\u{feff}",
        "n/a",
        "#N/A",
        "None",
        "nan",
        "-",
        "--",
        "keine",
        "aucun",
        "brak",
        "Nicht zutreffend",
    ] {
        check(cell, Err(Absent));
    }
    for cell in
        ["0", "0.0", "0000000000000", "00000000000000000", "'", "=\"\"", ";;", "n/a; -", "keine / aucun"]
    {
        check(cell, Err(Absent));
    }
}

#[test]
fn everything_else_is_named_with_its_place() {
    for (cell, place) in [
        ("40063813A3931", 9),
        ("EAN 4006381333931", 1),
        ("  4006381333931 (neu)", 17),
        ("４００６３８x", 7),
        ("4.006.381.333.931", 6),
        ("4006381333931 €", 15),
    ] {
        check(cell, Err(NotDigits(place)));
    }
}

#[test]
fn a_cell_of_a_mebibyte_is_answered_like_a_short_one() {
    let many = |part: &str| part.repeat((1 << 20) / part.len());
    check(&many("0"), Err(Length(1 << 20)));
    check(&many("4006381333931;"), Ok(GOOD));
    check(&many("4006381333931 "), Ok(GOOD));
    check(&many("x"), Err(NotDigits(1)));
    check(&many("n/a;"), Err(Absent));
    check(&many("/,;|\n "), Err(Absent));
    check(&many("4006381333931,5.0E12;"), Err(Several((1 << 20) / 21 * 2)));
    check(&many("4-"), Err(NotDigits(1 << 20)));
    for odd in ["'", "\"", "=\"", "\u{200b}", "9.", "E", "4 ", "4,", "１"] {
        assert!(read_cell(&odd.repeat(50_000)).is_err(), "{odd}");
    }
}

#[test]
fn the_cells_in_the_documentation_are_answered_as_it_says() {
    let page = include_str!("../../../../../docs/catalogue.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | `"));
    let mut count = 0;
    for (cell, rest) in rows {
        let (wanted, _) = rest.split_once("` |").expect("an answer in backquotes");
        let answer = read_cell(cell).map_or_else(
            |e| unmatched(e, crate::seller::Scope::Unknown).reason.to_string(),
            |gtin| gtin.to_string(),
        );
        assert_eq!(answer, wanted, "docs/catalogue.md says so of `{cell}`");
        count += 1;
    }
    assert!(count > 30, "docs/catalogue.md has {count} rows");
}
