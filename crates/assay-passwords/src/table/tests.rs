use proptest::prelude::*;

use super::*;
use crate::layout::Said;
use crate::rows::Role;

/// Every unit's cells as text, the lines of the units, the lines of bad rows.
fn read(text: &[u8], said: &Said) -> (Vec<Vec<String>>, Vec<u64>, Vec<u64>) {
    let bytes = text.to_vec();
    let layout = Layout::find(&bytes, said).unwrap();
    let table = Table::new(&bytes, layout);
    let mut block = Block::default();
    let (mut units, mut places) = (Vec::new(), Vec::new());
    while table.next(&mut block).unwrap() {
        for unit in 0..block.len() {
            let cells = 0..block.width;
            units.push(cells.map(|c| String::from_utf8_lossy(block.cell(unit, c)).into_owned()).collect());
            places.push(block.place(unit));
        }
    }
    let lines = table.lines_of(&places);
    let (rows, rejected, _) = table.counts();
    assert_eq!(rows, units.len() as u64);
    let bad = table.lines_of(rejected.first());
    (units, lines, bad)
}

fn cells(text: &str) -> Vec<Vec<String>> {
    read(text.as_bytes(), &Said::default()).0
}

#[test]
fn separators_quotation_marks_line_ends_and_marks_of_order_are_read() {
    let want = vec![vec!["pa,1", "SN1"], vec!["pb", "SN2"]];
    for text in [
        "serial,password\nSN1,\"pa,1\"\nSN2,pb\n",
        "serial,password\r\nSN1,\"pa,1\"\r\nSN2,pb\r\n",
        "serial;password\nSN1;pa,1\nSN2;pb",
        "\u{feff}serial\tpassword\nSN1\tpa,1\nSN2\tpb\n\n\n",
        "\n\nserial|password\nSN1|pa,1\n\nSN2|pb\r\n",
        "\"serial\",\"password\"\n\"SN1\",\"pa,1\"\n\"SN2\",\"pb\"\n",
    ] {
        assert_eq!(cells(text), want, "{text:?}");
    }
}

#[test]
fn a_mark_inside_a_password_is_a_character() {
    let text = "serial,password\n1,a\"b\n2,\"ab\n3,\"a\"b\"\n4,\"a\"\"b\"\n5,\"\"\n6,\"\n";
    let passwords: Vec<String> = cells(text).into_iter().map(|mut unit| unit.remove(0)).collect();
    assert_eq!(passwords, ["a\"b", "\"ab", "\"a\"b\"", "a\"b", "", "\""]);
}

#[test]
fn a_bad_row_is_named_by_its_line_and_the_rest_is_read() {
    let text = b"serial,password\n1,a\n2\n3,c,d\n\n4,\"x\ny\"\n5,e\n";
    let (units, lines, bad) = read(text, &Said::default());
    assert_eq!(units, [["a", "1"], ["e", "5"]]);
    assert_eq!(lines, [2, 8]);
    assert_eq!(bad, [3, 4, 6]);
}

#[test]
fn a_masked_password_is_a_bad_row() {
    let text = b"serial,password\n1,********\n2,b\n3,(none)\n4,d\n";
    let (units, lines, bad) = read(text, &Said::default());
    assert_eq!(units, [["b", "2"], ["d", "4"]]);
    assert_eq!((lines, bad), (vec![3, 5], vec![2, 4]));
}

#[test]
fn bytes_that_are_no_text_and_nul_are_bytes() {
    let bytes = b"serial,password\n1,\xff\xfe\x00a\n2,b\n".to_vec();
    let layout = Layout::find(&bytes, &Said::default()).unwrap();
    let table = Table::new(&bytes, layout);
    let mut block = Block::default();
    assert!(table.next(&mut block).unwrap());
    assert_eq!(block.cell(0, 0), b"\xff\xfe\x00a");
}

#[test]
fn a_row_longer_than_any_block_is_read_and_one_longer_than_the_bound_is_bad() {
    let long = "x".repeat(1 << 20);
    let longer = "y".repeat(LONGEST_ROW + 1);
    let text = format!("serial,password\n1,{long}\n2,{longer}\n3,c\n4,\"{long}\"\n");
    let (units, lines, bad) = read(text.as_bytes(), &Said::default());
    assert_eq!(units.iter().map(|u| u[1].as_str()).collect::<Vec<_>>(), ["1", "3", "4"]);
    assert_eq!((lines, bad), (vec![2, 4, 5], vec![3]));
    assert_eq!(units[2][0], long);
}

#[test]
fn a_block_reads_the_same_again() {
    let mut text = "serial,password\n".to_owned();
    for n in 0..20_000 {
        text.push_str(&if n % 997 == 0 { format!("{n},\"p,{n}\"\n") } else { format!("{n},p{n}\n") });
    }
    let bytes = text.into_bytes();
    let table = Table::new(&bytes, Layout::find(&bytes, &Said::default()).unwrap());
    let mut first = Vec::new();
    let mut block = Block::default();
    while table.next(&mut block).unwrap() {
        first.push((0..block.len()).map(|u| (block.cell(u, 0).to_vec(), block.place(u))).collect::<Vec<_>>());
    }
    assert!(first.len() > 3);
    assert_eq!(first.iter().map(Vec::len).sum::<usize>(), 20_000);
    for (number, units) in first.iter().enumerate().rev() {
        table.again(u32::try_from(number).unwrap(), &mut block).unwrap();
        let again: Vec<_> = (0..block.len()).map(|u| (block.cell(u, 0).to_vec(), block.place(u))).collect();
        assert_eq!(&again, units);
    }
}

#[test]
fn a_file_that_ends_before_its_length_is_an_error() {
    struct Cut(Vec<u8>);
    impl Bytes for Cut {
        fn len(&self) -> u64 {
            self.0.len() as u64 + 100
        }
        fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
            self.0.read_at(at, into)
        }
    }
    let cut = Cut(b"serial,password\n1,a\n".to_vec());
    let table = Table::new(&cut, Layout::find(&cut.0, &Said::default()).unwrap());
    assert!(matches!(table.next(&mut Block::default()), Err(ReadProblem::Shorter(100))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in the cells, written with quotation marks it comes back, whatever the separator.
    #[test]
    fn quoted_cells_come_back(
        rows in proptest::collection::vec(("[a-z]{1,5}", "[a-c,;\" \t|]{0,8}"), 1..60),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        crlf in any::<bool>(),
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let quote = |s: &str| format!("\"{}\"", s.replace('"', "\"\""));
        let mut text = format!("serial{delimiter}password{end}");
        for (serial, password) in &rows {
            text.push_str(&format!("{serial}{delimiter}{}{end}", quote(password)));
        }
        let (units, _, bad) = read(text.as_bytes(), &Said::default());
        prop_assert_eq!(bad, Vec::<u64>::new());
        let want: Vec<Vec<String>> = rows.iter().map(|(s, p)| vec![p.clone(), s.clone()]).collect();
        prop_assert_eq!(units, want);
    }

    /// Any bytes at all: no panic, and every line is a unit, a bad row, blank, or inside a cell.
    #[test]
    fn any_bytes_are_read_to_their_end(body in proptest::collection::vec(prop::sample::select(b"ab,\"\n\r;\xff".to_vec()), 0..400)) {
        let mut text = b"serial,password\n".to_vec();
        text.extend(&body);
        let (units, lines, bad) = read(&text, &Said::default());
        prop_assert!(lines.is_sorted());
        prop_assert!(units.len() + bad.len() <= body.len() + 1);
    }
}

proptest! {
    /// On every engine: a block that is cut in one sweep is cut as cell by cell, and only one with a bad row is not.
    #[test]
    fn the_sweep_cuts_as_one_does_cell_by_cell(
        rows in proptest::collection::vec(("[a-c]{0,30}", "[a-c]{0,30}", "[a-c\r]{0,3}", 0..40_u32), 1..80),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
        columns in 1..=3_usize,
    ) {
        let mut text = String::new();
        let mut even = true;
        for (one, other, third, bad) in &rows {
            let cells = [one, other, third];
            // A row in forty is short, one is empty.
            let short = usize::from(*bad == 0 && columns > 1);
            even &= short == 0 && *bad != 1;
            if *bad != 1 {
                let cells: Vec<&str> = cells[..columns - short].iter().map(|c| c.as_str()).collect();
                text.push_str(&cells.join(","));
            }
            text.push_str(line_end);
        }
        let password = (Role::Password, columns.to_string());
        let said = Said {
            delimiter: Some(b','),
            header: Some(false),
            columns: if columns == 1 { vec![password] } else { vec![password, (Role::Serial, "1".to_owned())] },
            ..Said::default()
        };
        let head = vec!["x"; columns].join(",") + "\n";
        let layout = Layout::find(head.as_bytes(), &said).unwrap();
        for engine in Engine::available() {
            let (mut swept, mut plain) = (Block::default(), Block::default());
            let mut bad = Vec::new();
            for block in [&mut swept, &mut plain] {
                empty(block, layout.picks.len());
                block.bytes = text.clone().into_bytes();
            }
            let lines = cut_plain(&layout, &mut plain, &mut bad);
            match even::cut(&layout, engine, Wanted::All, &mut swept) {
                Some(count) => {
                    prop_assert_eq!(count, lines);
                    prop_assert!(bad.is_empty());
                    prop_assert_eq!((&swept.cells, &swept.lines), (&plain.cells, &plain.lines));
                    empty(&mut swept, layout.picks.len());
                    prop_assert_eq!(even::cut(&layout, engine, Wanted::Passwords, &mut swept), Some(lines));
                    let passwords = |block: &Block| block.column(0).collect::<Vec<_>>();
                    prop_assert_eq!(passwords(&swept), passwords(&plain));
                }
                None => {
                    prop_assert!(!even || columns == 1, "an even block was not swept");
                    prop_assert!(swept.cells.is_empty() && swept.lines.is_empty());
                }
            }
        }
    }
}
