//! Long texts that repeat one short thing. A reader that goes back over what it read needs minutes for them; one that walks
//! once needs a moment, and the bound between the two is drawn so wide that a slow machine stays below it.

use std::time::{Duration, Instant};

use super::*;

/// Enough that a walk over the square of it is seen, in a build for tests too.
const BYTES: usize = 96 << 10;

/// What a reader looks for, by itself and among others.
const PIECES: [&str; 58] = [
    "comply ",
    "not comply ",
    "complied with ",
    "opinion ",
    "in the opinion of ",
    "our opinion complies ",
    "prepared by ",
    "prepared ",
    "not prepared by the manufacturer ",
    "behalf ",
    "on behalf of ",
    "manufacturer's ",
    "Manufacturer: A\n",
    "Manufacturer: A\n1 High Street, London EC1A 1BB\n",
    "Address: 1 Street\n",
    "Name: B\n",
    "support period ",
    "support period 31 May 2030 ",
    "support period\n",
    "support period until 31 May 2030\n",
    "31 May 2030 ",
    "1/1/2030 ",
    "31.05.2030\n",
    "end of ",
    "of the year ",
    "5 years ",
    "Signed by: J, Director\n",
    "Signature:\n",
    "signed ",
    "Date of issue: 1/1/2030\n",
    "Issued at X on 3 May 2026\n",
    "Place\n",
    "Batch: 1\n",
    "batch ",
    "EN 303 645 V2.1.1 ",
    "EN 303 645\n",
    "303645",
    "(b) ",
    "(a)\n",
    ". ",
    "a",
    "a. ",
    ": ",
    "\n",
    "x\n",
    "\n\n",
    "\t",
    "   ",
    "=\n",
    "x\n=\n",
    "| a ",
    "|a|\n",
    "- a\n",
    "# ",
    "* ",
    "1. a\n",
    "é ",
    "\u{200b}",
];

const TAGS: [&str; 33] = [
    "<!",
    "<!a ",
    "<?",
    "<? x\n",
    "<!--",
    "<!-- -->",
    "<!-->",
    "<",
    "</",
    "</p",
    "<a ",
    "<a href=\"",
    "<a href='x' ",
    "<a href=x>",
    "<a \"'",
    "<a \"'\"",
    "<p>",
    "</p>",
    "<p>x\n",
    "<br>",
    "<td>",
    "<tr><td>x",
    "<script>",
    "<script",
    "<svg></svg>",
    "<x-",
    "<svg ",
    "&",
    "&amp;",
    "&#",
    "&#x41;",
    ">",
    "<b\n",
];

#[expect(clippy::disallowed_methods, reason = "a bound on time is what this test is about")]
#[test]
fn a_text_of_one_short_thing_is_read_in_a_moment() {
    let mut slowest = (Duration::ZERO, String::new());
    let mut one = |text: String, shown: String| {
        let start = Instant::now();
        assert_eq!(read(&text).fields.len(), 7, "{shown:?}");
        let took = start.elapsed();
        if took > slowest.0 {
            slowest = (took, shown);
        }
        assert!(took < Duration::from_secs(4), "it goes back over what it read: {slowest:?}");
    };
    let many = |piece: &str| piece.repeat(BYTES / piece.len());
    let words = "This statement of compliance is prepared by the manufacturer. ";
    for piece in PIECES {
        one(format!("{words}{}", many(piece)), piece.to_owned());
        if !piece.trim().is_empty() && piece.trim() != piece {
            one(format!("{words}{}", many(piece.trim())), piece.trim().to_owned());
        }
    }
    for piece in TAGS {
        one(format!("<html>{words}{}", many(piece)), format!("<html>{piece}"));
    }
    for piece in TAGS.iter().take(8) {
        one(format!("{words}{}", many(piece)), (*piece).to_owned());
    }
    // What follows a word without an end, and a page that holds one.
    for piece in ["\n", " ", "\t", "&nbsp;", "<br>", "<i>"] {
        one(format!("<html>{words}{}", many(piece)), format!("<html>x{piece}"));
    }
}
