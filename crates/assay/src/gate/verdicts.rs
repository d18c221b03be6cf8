//! The verdict file: one line of CSV for each row of the catalogue. Cells are quoted where they must be, so that no
//! article number can add a cell or a row; they are not changed otherwise, since the shop joins the file to its own by
//! them (so open it as text in a spreadsheet that would take `=…` for a formula).

use std::io::{self, Write};

use super::Row;

/// The columns of the verdict file.
pub const HEADER: [&str; 7] = ["line", "sku", "gtin14", "verdict", "reason", "updates_until", "label"];

/// Writes verdicts; [`Verdicts::finish`] must be called, else the last ones may be missing.
pub struct Verdicts<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> Verdicts<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// What the writer says.
    pub fn new(to: W) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(HEADER)?;
        Ok(Self { csv })
    }

    /// Writes one verdict.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&mut self, row: &Row<'_>) -> io::Result<()> {
        let gtin = row.gtin.map(|g| g.to_string()).unwrap_or_default();
        let until = row.updates_until.map(|d| d.to_string()).unwrap_or_default();
        let label = row.label.map_or("", |v| v.word());
        let line = row.line.to_string();
        let decision = row.decision;
        let cells = [&line, row.sku, &gtin, decision.verdict.word(), decision.reason.word(), &until, label];
        Ok(self.csv.write_record(cells)?)
    }

    /// Writes what is still held back and gives the writer back.
    ///
    /// # Errors
    /// What the writer says: then the file is not complete.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Variant;
    use crate::gate::{Answer, Decision, Reason};
    use crate::gtin::Gtin14;

    #[test]
    fn an_article_number_cannot_add_cells_or_rows() {
        let decision = Decision { verdict: Answer::MaySell, reason: Reason::CrossLabel };
        let row = Row {
            line: 2,
            sku: "a,\"b\"\r\n1,x,may-sell",
            gtin: Gtin14::parse("96385074").ok(),
            decision,
            updates_until: crate::date::parse("2030-05-31"),
            label: Some(Variant::Cross),
        };
        let ask = Decision { verdict: Answer::Ask, reason: Reason::NoGtin };
        let bare = Row { line: 3, sku: "", gtin: None, decision: ask, updates_until: None, label: None };
        let mut verdicts = Verdicts::new(Vec::new()).unwrap();
        verdicts.write(&row).unwrap();
        verdicts.write(&bare).unwrap();
        let text = String::from_utf8(verdicts.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "line,sku,gtin14,verdict,reason,updates_until,label\n\
             2,\"a,\"\"b\"\"\r\n1,x,may-sell\",00000096385074,may-sell,cross-label,2030-05-31,cross\n\
             3,,,ask,no-gtin,,\n"
        );
    }

    #[test]
    fn a_full_disk_is_noticed() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = Verdicts::new(Full).unwrap().finish().err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
