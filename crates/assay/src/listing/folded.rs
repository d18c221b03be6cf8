//! A text as words are looked up in it: small letters without marks, one blank between words, and before each word how
//! strongly the writer cut it off from the one before. Text beyond the bound is left off; nothing is allocated.

/// So many bytes of a text are read at most.
const BYTES: usize = 384;

/// So many words at most.
const WORDS: usize = 64;

/// How a word is cut off from the one before it, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    /// A blank, a hyphen within a word, a slash.
    Blank,
    /// A dash with blanks, a plus sign with blanks.
    Dash,
    /// A comma, a semicolon, a bar, a bracket.
    Hard,
}

/// A word: where it stands among the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    start: u16,
    end: u16,
    /// What stands before it.
    pub(super) cut: Cut,
    /// A plus sign stands before it.
    pub(super) plus: bool,
    /// It stands within brackets.
    pub(super) bracketed: bool,
}

/// A folded text.
pub(super) struct Folded {
    bytes: [u8; BYTES],
    words: [Word; WORDS],
    len: usize,
    count: usize,
}

const NO_WORD: Word = Word { start: 0, end: 0, cut: Cut::Blank, plus: false, bracketed: false };

impl Folded {
    /// Reads a text.
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { bytes: [0; BYTES], words: [NO_WORD; WORDS], len: 0, count: 0 };
        folded.read(text);
        folded
    }

    /// The words.
    pub(super) fn words(&self) -> &[Word] {
        &self.words[..self.count]
    }

    /// The letters of one word.
    pub(super) fn letters(&self, word: &Word) -> &[u8] {
        self.bytes.get(usize::from(word.start)..usize::from(word.end)).unwrap_or_default()
    }

    fn read(&mut self, text: &str) {
        let mut next = NO_WORD;
        let mut depth = 0u8;
        // Where the word that is being read began, if one is.
        let mut open: Option<usize> = None;
        let mut chars = text.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            let mut letters = [0u8; 3];
            let n = fold(c, &mut letters);
            if n > 0 {
                if open.is_none() {
                    if self.count == WORDS || self.len + 1 >= BYTES {
                        return;
                    }
                    if self.len > 0 {
                        self.push(b' ');
                    }
                    open = Some(self.len);
                }
                for letter in letters.iter().take(n) {
                    self.push(*letter);
                }
            } else if !is_dropped(c, open.is_some(), chars.peek().copied()) {
                if let Some(start) = open.take() {
                    self.close(start, &mut next, depth > 0);
                }
                match c {
                    '(' | '[' | '{' => {
                        depth = depth.saturating_add(1);
                        next.cut = Cut::Hard;
                    }
                    ')' | ']' | '}' => {
                        depth = depth.saturating_sub(1);
                        next.cut = Cut::Hard;
                    }
                    ',' | ';' | '|' | '•' | '\n' | '·' => next.cut = Cut::Hard,
                    ':' | '!' | '?' => next.cut = next.cut.max(Cut::Dash),
                    '-' | '–' | '—' if before.is_whitespace() => next.cut = next.cut.max(Cut::Dash),
                    '–' | '—' => next.cut = next.cut.max(Cut::Dash),
                    '+' => {
                        next.cut = next.cut.max(Cut::Dash);
                        next.plus = true;
                    }
                    // It stands for a word of each language: one will do.
                    '&' if self.count < WORDS && self.len + 4 < BYTES => {
                        self.push(b' ');
                        let start = self.len;
                        for letter in b"and" {
                            self.push(*letter);
                        }
                        self.close(start, &mut next, depth > 0);
                    }
                    _ => {}
                }
            }
            before = c;
        }
        if let Some(start) = open {
            self.close(start, &mut next, depth > 0);
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn close(&mut self, start: usize, next: &mut Word, bracketed: bool) {
        // `Wi-Fi` is written in three ways; here it is one word.
        if next.cut == Cut::Blank
            && let Some(last) = self.count.checked_sub(1).and_then(|last| self.words.get(last).copied())
            && matches!(
                (self.letters(&last), self.bytes.get(start..self.len)),
                (b"wi", Some(b"fi")) | (b"w", Some(b"lan"))
            )
        {
            let letters = self.len - start;
            let end = usize::from(last.end);
            self.bytes.copy_within(start..self.len, end);
            self.len = end + letters;
            if let Some(word) = self.words.get_mut(self.count - 1) {
                word.end = u16::try_from(self.len).unwrap_or(u16::MAX);
            }
            *next = NO_WORD;
            return;
        }
        // Both are below BYTES, which a u16 holds.
        let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        if let Some(word) = self.words.get_mut(self.count) {
            *word = Word { start: place(start), end: place(self.len), bracketed, ..*next };
            self.count += 1;
        }
        *next = NO_WORD;
    }
}

/// Signs that end no word: an apostrophe before an s, a plus or a mark at a word's end (`DAB+`), a combining mark.
fn is_dropped(c: char, within: bool, next: Option<char>) -> bool {
    match c {
        '\'' | '’' | '`' | '´' => within && next.is_some_and(|n| matches!(n, 's' | 'S')),
        '+' => within && next.is_none_or(|n| !n.is_alphanumeric()),
        '®' | '™' | '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => {
            true
        }
        _ => false,
    }
}

/// The small letters of a character without its marks, and how many; none where it is no letter and no digit. A letter of
/// another script stands as one that no word has.
fn fold(c: char, into: &mut [u8; 3]) -> usize {
    let one = |into: &mut [u8; 3], letter: u8| {
        into[0] = letter;
        1
    };
    let two = |into: &mut [u8; 3], letters: [u8; 2]| {
        into[0] = letters[0];
        into[1] = letters[1];
        2
    };
    match c {
        'a'..='z' | '0'..='9' => one(into, c as u8),
        'A'..='Z' => one(into, (c as u8).to_ascii_lowercase()),
        '\0'..='\u{7f}' => 0,
        'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'Ă' | 'ą' | 'Ą' | 'ª' => one(into, b'a'),
        'æ' | 'Æ' => two(into, *b"ae"),
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => one(into, b'c'),
        'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => one(into, b'd'),
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'Ē' | 'ė' | 'Ė' | 'ę' | 'Ę' | 'ě' | 'Ě' => one(into, b'e'),
        'ğ' | 'Ğ' => one(into, b'g'),
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'į' | 'Į' | 'ı' | 'İ' => one(into, b'i'),
        'ķ' | 'Ķ' => one(into, b'k'),
        'ł' | 'Ł' | 'ļ' | 'Ļ' | 'ľ' | 'Ľ' | 'ĺ' | 'Ĺ' => one(into, b'l'),
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' | 'ņ' | 'Ņ' => one(into, b'n'),
        'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' | 'º' => one(into, b'o'),
        'œ' | 'Œ' => two(into, *b"oe"),
        'ř' | 'Ř' | 'ŕ' | 'Ŕ' => one(into, b'r'),
        'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' => one(into, b's'),
        'ß' | 'ẞ' => two(into, *b"ss"),
        'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => one(into, b't'),
        'þ' | 'Þ' => two(into, *b"th"),
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' | 'ų' | 'Ų' => one(into, b'u'),
        'ý' | 'Ý' | 'ÿ' | 'Ÿ' => one(into, b'y'),
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => one(into, b'z'),
        '\u{300}'..='\u{36f}' => 0,
        _ if c.is_alphanumeric() => one(into, 1),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let folded = Folded::new(text);
        folded.words().iter().map(|w| String::from_utf8_lossy(folded.letters(w)).into_owned()).collect()
    }

    #[test]
    fn marks_case_and_signs_make_no_difference() {
        assert_eq!(words("Überwachungs-KAMERA  (weiß)"), ["uberwachungs", "kamera", "weiss"]);
        assert_eq!(words("Wi-Fi wifi W-LAN wi fi-Kamera"), ["wifi", "wifi", "wlan", "wifi", "kamera"]);
        assert_eq!(
            words("Cameră; Żarówka, kid's DAB+ R&B"),
            ["camera", "zarowka", "kids", "dab", "r", "and", "b"]
        );
        // The same letters, composed and not.
        assert_eq!(words("e\u{301}cran"), words("écran"));
    }

    #[test]
    fn what_is_too_long_is_left_off() {
        assert_eq!(words(&"ab ".repeat(1000)).len(), WORDS);
        assert!(words(&"a".repeat(100_000))[0].len() <= BYTES);
        assert!(words("").is_empty() && words(" –,() ").is_empty());
    }

    #[test]
    fn a_bracket_and_a_comma_cut_hard() {
        let folded = Folded::new("Camera (black), two - three");
        let cuts: Vec<_> = folded.words().iter().map(|w| (w.cut, w.bracketed)).collect();
        assert_eq!(cuts, [(Cut::Blank, false), (Cut::Hard, true), (Cut::Hard, false), (Cut::Dash, false)]);
    }
}
