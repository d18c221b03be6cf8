//! The words of disclosure policies: what a few words are about, whom they bind, and how firmly. Lists of words only; how
//! the parts of a sentence are joined is the business of the promise.

/// What some words are about.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// That a report has arrived.
    pub(super) acknowledges: bool,
    /// How the matter stands.
    pub(super) updates: bool,
    /// Updates of something that is not named.
    pub(super) some_updates: bool,
    /// What the maker thinks of the report.
    pub(super) assesses: bool,
    /// The end of the matter: a fix, or its publication.
    pub(super) fixes: bool,
    /// A time word without a time: "promptly".
    pub(super) loose: Option<String>,
    /// Updates come with events: "at each stage".
    pub(super) event: bool,
}

impl About {
    pub(super) fn something(&self) -> bool {
        self.acknowledges || self.updates || self.some_updates || self.assesses || self.fixes
    }
}

/// What the words are about.
pub(super) fn about(words: &[&str]) -> About {
    let has = |w: &str| words.contains(&w);
    let any = |list: &[&str]| list.iter().any(|w| words.contains(w));
    let begins = |list: &[&str]| words.iter().any(|w| list.iter().any(|l| w.starts_with(l)));
    let pair = |a: &str, b: &str| words.windows(2).any(|w| w[0] == a && w[1] == b);
    // "Acknowledgements" is also where helpers are thanked.
    let thanks = any(&[
        "credit",
        "credits",
        "credited",
        "fame",
        "publicly",
        "contribution",
        "contributions",
        "thank",
        "thanks",
    ]);
    let response = words.iter().enumerate().any(|(i, w)| {
        let next = words.get(i + 1).copied().unwrap_or_default();
        let previous = i.checked_sub(1).map_or("", |p| words[p]);
        matches!(
            *w,
            "respond"
                | "responds"
                | "response"
                | "responses"
                | "responded"
                | "reply"
                | "replies"
                | "answer"
                | "answered"
        ) && !["team", "teams", "centre", "center", "plan", "process"].contains(&next)
            && !["incident", "emergency"].contains(&previous)
    });
    let receipt = has("receipt") || (begins(&["confirm"]) && any(&["received", "arrived", "arrival"]));
    let back = pair("get", "back")
        || pair("hear", "back")
        || pair("hear", "from")
        || pair("contact", "you")
        || pair("be", "contacted");
    let whom =
        any(&["you", "reporter", "reporters", "researcher", "researchers", "finder", "finders", "submitter"]);
    let some_updates = words.iter().enumerate().any(|(i, w)| {
        let previous = i.checked_sub(1).map_or("", |p| words[p]);
        let own = ["security", "software", "firmware", "product", "device", "system"].contains(&previous);
        let of_page = words[i + 1..].iter().take(3).any(|n| {
            [
                "policy",
                "page",
                "document",
                "statement",
                "website",
                "software",
                "firmware",
                "devices",
                "products",
                "app",
                "apps",
            ]
            .contains(n)
        });
        matches!(*w, "update" | "updates" | "updated") && !own && !of_page
    });
    // "We update every 14 days until it is resolved": only a report is resolved.
    let settled = any(&["until", "till"])
        && any(&["resolved", "fixed", "closed", "solved", "remedied", "resolution", "fix"]);
    let update = some_updates
        && (settled
            || whom
            || any(&[
                "status",
                "progress",
                "regular",
                "regularly",
                "provide",
                "send",
                "receive",
                "case",
                "informed",
            ]));
    let status = any(&["status", "progress"]) && !pair("support", "status");
    let told = has("tell") || (pair("let", "you") && has("know")) || any(&["inform", "informed"]);
    let informed = (begins(&["keep"]) && any(&["informed", "posted", "loop"]))
        || (has("hear") && !back)
        || (whom && told);
    let fix = [
        "fix", "patch", "resolv", "remedi", "mitigat", "repair", "releas", "correct", "solution", "solve",
        "publish", "disclos",
    ];
    let fixes = words.iter().enumerate().any(|(i, w)| {
        // "until resolved" says how long updates go on, not when the fix comes.
        let until = words[i.saturating_sub(4)..i].iter().any(|b| matches!(*b, "until" | "till" | "unless"));
        !until && fix.iter().any(|f| w.starts_with(f))
    });
    let loose = [
        "promptly",
        "immediately",
        "quickly",
        "shortly",
        "asap",
        "timely",
        "swiftly",
        "automatically",
        "automatic",
    ];
    let soon = pair("as", "soon") || pair("without", "undue") || pair("without", "delay");
    About {
        acknowledges: (begins(&["acknowledg"]) && !thanks) || receipt || response || back,
        updates: update || status || informed,
        some_updates,
        assesses: begins(&[
            "triag",
            "assess",
            "evaluat",
            "investigat",
            "validat",
            "review",
            "verif",
            "analy",
        ]),
        fixes,
        loose: loose
            .iter()
            .find(|w| has(w))
            .map(|w| (*w).to_owned())
            .or_else(|| soon.then(|| "as soon as possible".to_owned())),
        event: any(&[
            "stage",
            "stages",
            "milestone",
            "milestones",
            "significant",
            "whenever",
            "when",
            "changes",
            "available",
            "step",
        ]),
    }
}

/// Whether the words bind the reporter (`Some(true)`) or the maker (`Some(false)`), if they say.
pub(super) fn binds_reporter(words: &[&str]) -> Option<bool> {
    let pair = |a: &[&str], b: &[&str]| words.windows(2).any(|w| a.contains(&w[0]) && b.contains(&w[1]));
    let near = |who: &[&str], verbs: &[&str]| {
        words
            .iter()
            .enumerate()
            .any(|(i, w)| who.contains(w) && words[i + 1..].iter().take(3).any(|v| verbs.contains(v)))
    };
    let reporters =
        ["you", "reporter", "reporters", "researcher", "researchers", "finder", "finders", "submitters"];
    let receives =
        ["receive", "receives", "expect", "hear", "get", "notified", "informed", "contacted", "updated"];
    if near(&reporters, &receives) {
        return Some(false);
    }
    let duties = [
        "must", "should", "shall", "may", "can", "could", "agree", "agrees", "need", "needs", "have",
        "welcome", "required", "asked", "might", "free", "want", "wish", "wait", "allow", "give", "refrain",
        "avoid",
    ];
    let asks = pair(
        &["ask", "request", "expect", "require", "urge", "asking"],
        &["you", "that", "reporters", "researchers", "finders", "for"],
    );
    let begins = matches!(
        words,
        ["please" | "allow" | "give" | "provide" | "refrain" | "avoid" | "do" | "don't" | "wait", ..]
    ) || matches!(
        words,
        [
            "and" | "but" | "then",
            "please" | "allow" | "give" | "avoid" | "refrain" | "wait" | "do" | "don't" | "must" | "should",
            ..
        ]
    ) || words.contains(&"please")
        || pair(&["give", "allow"], &["us"]);
    if asks || begins || near(&reporters, &duties) {
        return Some(true);
    }
    let ours = words.iter().any(|w| matches!(*w, "we" | "we'll" | "our" | "will" | "us"));
    ours.then_some(false)
}

/// A word that takes a promise half back.
pub(super) fn hedged(words: &[&str]) -> Option<String> {
    const WORDS: [&str; 26] = [
        "basically",
        "usually",
        "normally",
        "typically",
        "generally",
        "mostly",
        "approximately",
        "about",
        "around",
        "roughly",
        "aim",
        "aims",
        "try",
        "tries",
        "strive",
        "strives",
        "endeavour",
        "endeavor",
        "hope",
        "intend",
        "attempt",
        "target",
        "ideally",
        "targets",
        "possibly",
        "reasonable",
    ];
    const PAIRS: [(&str, &str); 9] = [
        ("where", "possible"),
        ("if", "possible"),
        ("whenever", "possible"),
        ("in", "principle"),
        ("most", "cases"),
        ("best", "effort"),
        ("best", "efforts"),
        ("a", "rule"),
        ("may", "take"),
    ];
    // "about your report" is no hedge, "about 5 days" is.
    let number = |w: Option<&&str>| {
        w.is_some_and(|w| {
            w.starts_with(|c: char| c.is_ascii_digit())
                || ["one", "two", "three", "five", "ten", "a"].contains(w)
        })
    };
    let word = words
        .iter()
        .enumerate()
        .find(|(i, w)| WORDS.contains(w) && (!matches!(**w, "about" | "around") || number(words.get(i + 1))));
    if let Some((_, word)) = word {
        return Some((*word).to_owned());
    }
    words
        .windows(2)
        .find(|w| PAIRS.contains(&(w[0], w[1])))
        .map(|w| w.join(" "))
        .or_else(|| late(words).then(|| "may be late".into()))
}

/// Whether some words deny what they are about: "we do not acknowledge". A limit that is put with a "no" is none of it.
pub(super) fn denied(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(i, w)| {
        let next = words.get(i + 1).copied().unwrap_or_default();
        let limit =
            matches!(next, "later" | "more" | "longer" | "less" | "exceeding" | "exceed" | "only" | "matter");
        let denies = matches!(
            *w,
            "not"
                | "never"
                | "no"
                | "cannot"
                | "neither"
                | "nor"
                | "nobody"
                | "without"
                | "rarely"
                | "seldom"
        ) || w.ends_with("n't");
        denies && !limit
    })
}

/// Whether the words say that something may come later than promised.
pub(super) fn late(words: &[&str]) -> bool {
    let may = words.iter().any(|w| matches!(*w, "may" | "might" | "can" | "could"));
    may && words.iter().any(|w| matches!(*w, "late" | "longer" | "delay" | "delayed" | "delays"))
}
