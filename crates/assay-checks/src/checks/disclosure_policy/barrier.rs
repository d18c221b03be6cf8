//! What a policy puts between a stranger and its contact: a fee, an account, a name. The law wants the information without
//! prior request, free, and without asking for personal information (SI 2023/1007, Schedule 1, paragraph 2). Whether a
//! sentence asks for these to read or only to report, a person decides; it is pointed out and leaves the matter open.

use crate::page::Sentence;

/// The first sentence that asks for something: its line, and what.
pub(super) fn find(sentences: &[Sentence]) -> Option<(usize, &'static str)> {
    sentences.iter().find_map(|s| Some((s.line(), of_sentence(s)?)))
}

fn of_sentence(sentence: &Sentence) -> Option<&'static str> {
    let words: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
    let any = |list: &[&str]| words.iter().any(|w| list.contains(w));
    let run = |a: &[&str], b: &[&str]| words.windows(2).any(|w| a.contains(&w[0]) && b.contains(&w[1]));
    // "No fee", "you need not log in", "free of charge", "anonymous reports are welcome".
    let taken_back =
        any(&["no", "not", "never", "without", "free", "optional", "optionally", "anonymous", "anonymously"])
            || words.iter().any(|w| w.ends_with("n't"));
    if taken_back {
        return None;
    }
    let must = any(&[
        "must",
        "need",
        "needs",
        "required",
        "require",
        "requires",
        "have",
        "has",
        "mandatory",
        "shall",
        "only",
        "please",
    ]);
    let charged = any(&["fee", "fees"]) || run(&["charge"], &["of", "for", "a"]);
    // Who pays is the maker where a reward is spoken of.
    let pays = run(&["pay"], &["a", "us", "the"]) && !any(&["we", "bounty", "bounties", "reward", "rewards"]);
    if charged || pays {
        return Some("a fee");
    }
    let account = run(&["log", "logged", "sign", "signed"], &["in", "on"])
        || any(&["login", "log-in", "register", "registered", "registration", "subscribe"])
        || run(&["an", "user", "customer", "your", "free"], &["account"]);
    if must && account {
        return Some("an account");
    }
    let gives = any(&["give", "provide", "state", "include", "enter", "identify", "submit", "tell"]);
    let own = run(
        &["your", "full", "real", "legal"],
        &["name", "address", "identity", "phone", "passport", "full", "real"],
    ) || run(&["personal"], &["data", "details", "information"])
        || any(&["yourself"]);
    (must && gives && own && !any(&["please"])).then_some("personal information")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    fn found(text: &str) -> Option<&'static str> {
        find(&Page::read(text.as_bytes()).sentences()).map(|(_, what)| what)
    }

    #[test]
    fn what_stands_in_the_way_is_found() {
        for (text, what) in [
            ("Each report costs a fee of 5 pounds.", "a fee"),
            ("We charge for the handling of reports.", "a fee"),
            ("Reporters must sign in first.", "an account"),
            ("Reports can be made by registered customers only.", "an account"),
            ("You need to provide your full name and address.", "personal information"),
            (
                "Reporters must identify themselves: personal details are required, so include your real name.",
                "personal information",
            ),
        ] {
            assert_eq!(found(text), Some(what), "{text}");
        }
        for text in [
            "No fee is charged.",
            "You do not need an account.",
            "Reporting is free of charge.",
            "We pay a bounty for serious reports.",
            "Please include your name if you want to be credited.",
            "Reports may be sent anonymously; a name is not required.",
            "We must have your report in English.",
            "You must include the steps to reproduce the issue.",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
