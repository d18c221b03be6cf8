//! The characters of a cell, as far as a number is concerned: digits, what stands between them, and what nobody sees.

use crate::text;

/// The value of a digit. Full-width digits are those of a Japanese or Chinese keyboard and have one reading. Digits of other
/// scripts are left alone: no shop's file with them was seen, and their reader should see that something is odd.
pub(super) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => u8::try_from(u32::from(c) - u32::from('0')).ok(),
        '０'..='９' => u8::try_from(u32::from(c) - u32::from('０')).ok(),
        _ => None,
    }
}

/// What ends a line; a lone tab does not.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A space of any width, also one that does not break, or a tab.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && !is_line_end(c)
}

/// What may stand anywhere without changing what a person sees: blanks, byte order marks, characters of no width. Control
/// characters are none of them: they show that a file is damaged.
pub(super) fn is_passed_over(c: char) -> bool {
    is_blank(c) || (!c.is_control() && !is_line_end(c) && text::is_invisible(c))
}

/// Hyphens and the dashes that a word processor makes of them.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}' | '－')
}

/// What separates numbers and stands in no word for nothing.
pub(super) fn separates(c: char) -> bool {
    is_line_end(c) || matches!(c, ';' | '|' | '；' | '｜')
}

/// What may also stand within a number or within `n/a`.
pub(super) fn may_separate(c: char) -> bool {
    matches!(c, ',' | '/' | '，' | '／')
}
