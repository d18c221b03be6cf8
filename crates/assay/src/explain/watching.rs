//! What `assay monitor` finds, kind by kind: what it means, what is kept, what to do, whom to tell. The ids are those of
//! `assay_watch::Kind` after `monitor:`; that none is missing, and which of them accuse, its tests hold against this table.

use super::page::{Block, Page, Section, inline};

/// A page of each kind, in the order of the kinds.
pub(super) fn pages() -> impl Iterator<Item = Page> {
    KINDS.iter().map(|kind| {
        let page = Page::new(&format!("monitor:{}", kind.id), "monitor-finding", kind.title);
        let accuses = if kind.accuses {
            "An honest log does not do this."
        } else {
            "It is told and accuses nobody: an honest log can be seen like this."
        };
        let section = |heading: &str, text: &str| Section {
            heading: heading.to_owned(),
            body: vec![Block::Paragraph(inline(text))],
        };
        let sections = vec![
            section("", &format!("{} {accuses}", kind.means)),
            section("What is kept", kind.kept),
            section("What to do", kind.act),
            section("Whom to tell", kind.tell),
        ];
        Page { sections, ..page }
    })
}

struct Kind {
    id: &'static str,
    accuses: bool,
    title: &'static str,
    means: &'static str,
    kept: &'static str,
    act: &'static str,
    tell: &'static str,
}

const BOTH: &str = "Both checkpoints, each with the log's signature: `seen.checkpoint` and the other one. Whoever has the log's public key can see from these two files alone that the log signed both.";
const EVERYBODY: &str = "Everybody: the operator, the witnesses of the policy, the authority, and whoever else reads the log. Publish the files; they need no word of yours to be believed.";
const OPERATOR_FIRST: &str = "The operator first: a damaged disk or cache looks the same. If it is not mended, or nobody answers, the witnesses of the policy and other readers.";

#[rustfmt::skip]
const KINDS: [Kind; 21] = [
    Kind {
        id: "fork", accuses: true, title: "Monitor: two histories",
        means: "The log signed two checkpoints that cannot both be of one log that only grows. Somebody with its key rewrote what was there, or put back an old copy and went on from it.",
        kept: BOTH,
        act: "Stop relying on statements of either history that came after the two part. Keep the whole state folder. Take labels and products from the log again only once the operator has said which history stands and why, in public.",
        tell: EVERYBODY,
    },
    Kind {
        id: "rewound", accuses: true, title: "Monitor: fewer entries than before",
        means: "The checkpoint is of fewer entries than one that was shown before, and agrees with it as far as it goes. An old copy is served, by a cache or by a register that was put back.",
        kept: BOTH,
        act: "Look again after a few minutes: an old file in a cache goes away. If it stays, treat what was stated since as kept from readers, and read a mirror meanwhile.",
        tell: OPERATOR_FIRST,
    },
    Kind {
        id: "split-view", accuses: true, title: "Monitor: another log was shown to somebody else",
        means: "A witness, a mirror or another reader was shown a checkpoint that the log signed and that does not fit what it shows here. One of the two of you is being deceived.",
        kept: "Both checkpoints, each with the log's signature: `seen.checkpoint` is what this reader was shown, `others.checkpoint` what the other one was. They convict the log without anybody's word.",
        act: "Exchange the two files with whoever runs the other place, and compare entries from where the two part. Rely on neither until then.",
        tell: EVERYBODY,
    },
    Kind {
        id: "changed-entry", accuses: true, title: "Monitor: a changed entry",
        means: "An entry is not the one whose hash the log signed, or not the one that was shown before. The statement at that index is not what everybody else relies on.",
        kept: "The entry as it was shown (`shown.entry`) with what it should be: the leaf that was signed (`signed.leaf`), or the bytes that were shown before (`seen.entry`, or whole bundles as `seen.entries` and `shown.entries`).",
        act: "Fetch the bundle from a mirror and compare. Whatever rests on the changed statement (a label, an end of support) is to be taken from the bytes that were signed.",
        tell: OPERATOR_FIRST,
    },
    Kind {
        id: "swapped-tile", accuses: true, title: "Monitor: a tile that is not the tree's",
        means: "A published tile is not what the entries make, though the root is right. Entries can be believed; proofs that somebody makes of this tile fail.",
        kept: "The tile as it was shown, `shown.tile`. What it should be follows from the entries in the state folder.",
        act: "Nothing of the log's content is in doubt. Make proofs from a mirror until the file is mended.",
        tell: "The operator, whom `assay register fsck` tells which file to write again.",
    },
    Kind {
        id: "wrong-root", accuses: true, title: "Monitor: a root that nothing makes",
        means: "Neither the entries nor the tiles make the root that the log signed. It signed a tree that it does not show.",
        kept: BOTH,
        act: "Take nothing from beyond the checkpoint that was verified last; the state folder still holds that. Look again later: files that were written half are mended then.",
        tell: OPERATOR_FIRST,
    },
    Kind {
        id: "withheld", accuses: true, title: "Monitor: something is kept from this reader",
        means: "The checkpoint speaks of a file that is not shown; or no checkpoint is shown any more; or others were shown more entries, and after `--stale-after` seconds this address still does not show them.",
        kept: "Where others were shown more: both checkpoints. Where a file is missing there is nothing to keep: the finding names it.",
        act: "Read another address, a mirror or a witness's copy, with the same state folder: a log that shows itself there and not here makes a difference between readers.",
        tell: OPERATOR_FIRST,
    },
    Kind {
        id: "too-large", accuses: true, title: "Monitor: more than is read here",
        means: "The log signed a checkpoint of more entries than `--most-entries`, or entries of more bytes than `--most-bytes` lets lie on the disk unverified. Nothing beyond what was verified before was read. Whoever holds the log's key can sign any number; a log that has outgrown the bounds you set looks the same.",
        kept: "The checkpoint as it was signed, `shown.checkpoint`.",
        act: "Ask the operator how large the log is, and compare with a mirror. If it is meant to be that large, and the disk has the room, give a larger bound; what was fetched so far is not fetched again.",
        tell: OPERATOR_FIRST,
    },
    Kind {
        id: "bad-checkpoint", accuses: true, title: "Monitor: no checkpoint of this log",
        means: "What is shown as the checkpoint is malformed, or not signed by a log key of the policy. Either the address is not the register's, or its key was changed without the notice that `log-key-announced` gives.",
        kept: "The checkpoint as it was shown, `shown.checkpoint`.",
        act: "See whether the log announced another key seven days ahead; then add its `log` line to the policy. Otherwise do not take the new key from the same address: ask the operator elsewhere.",
        tell: OPERATOR_FIRST,
    },
    Kind {
        id: "bad-cosignature", accuses: true, title: "Monitor: a cosignature that does not hold",
        means: "A line under the name and key id of a witness of the policy does not fit the checkpoint. The line was made up or damaged, or the policy has another key of that witness.",
        kept: "The checkpoint with the line, `shown.checkpoint`.",
        act: "Compare the key in the policy with the one that the witness publishes. The log's own signature and content are looked at all the same.",
        tell: "The operator and that witness.",
    },
    Kind {
        id: "missing-quorum", accuses: true, title: "Monitor: too few witnesses",
        means: "The log signed the checkpoint, and fewer witnesses of the policy cosigned it than the policy asks for. Until they do, nobody says that others are shown the same.",
        kept: "The checkpoint with the lines that it has, `shown.checkpoint`.",
        act: "`assay witness ask` says of each witness why it did not cosign. One that saw another history says so: that is a fork. One that is gone is a matter of the policy.",
        tell: "The operator; and the witnesses, if the log asked them and they refused.",
    },
    Kind {
        id: "stale", accuses: true, title: "Monitor: an old checkpoint",
        means: "The quorum saw this checkpoint last longer ago than `--stale-after`, or says no time. The log stands still, or newer entries are kept from this reader.",
        kept: "Nothing: the checkpoint in the state folder has the times.",
        act: "Compare with `--compare` what a mirror or another reader is shown. If all are shown the same, the register does not run.",
        tell: "The operator.",
    },
    Kind {
        id: "refused-statement", accuses: true, title: "Monitor: a statement against the rules",
        means: "A statement stands in the log that the rules refuse; the finding names the rule, which `assay explain` knows. The register took in what it must not, or its program judges differently. What follows is read and not folded, since nobody knows what holds.",
        kept: "The entry, `entry`: its signature shows who said it, and the log's tree that it stands there.",
        act: "Take nothing from the register that rests on this statement or on one after it. First see that both programs are of one version: a newer register may know kinds that an older monitor refuses (`schema-announced` says so thirty days ahead).",
        tell: "The operator; and the authority, where a label or a promise is concerned.",
    },
    Kind {
        id: "back-dated", accuses: true, title: "Monitor: dated back",
        means: "A statement of the register is of a day before one that it stated earlier, or before a day on which this monitor saw that it was not there. A day is forgiven. What was stated late was made to look as if it had been known in time. As the refusal `back-dated` it is a rule of the log, of larger differences.",
        kept: "The entry, `entry`; and in `monitor.json` how large the log was on each day.",
        act: "Take as the statement's day the one on which it was seen first.",
        tell: "The operator; and the authority, where a duty had a last day.",
    },
    Kind {
        id: "future-date", accuses: true, title: "Monitor: a day that has not come",
        means: "A statement is of a day more than one after today. A register asks for that at its door, so it took in what it must not, or one of the two clocks is wrong. See also the refusal `future-date`.",
        kept: "The entry, `entry`.",
        act: "Look at this machine's date first. Do not act on the statement before its day.",
        tell: "The operator.",
    },
    Kind {
        id: "snapshot-differs", accuses: true, title: "Monitor: a snapshot that is not the log's",
        means: "The shop's file that the register shows under `/snapshot` is not signed by its keys, or says something else than the entries that it names, of which it may name fewer than there are; or it names more than the register ever shows; or it is of a day that has not come, or says that it may be relied on for more than 30 days. A shop that judges its catalogue with it is told what the log does not say.",
        kept: "The whole file, `shown.snapshot`: the register's signature is under it. The entries that it contradicts are in the state folder.",
        act: "Judge no catalogue with it. Compare what your shops downloaded, by the `body_sha256` that `assay snapshot inspect` shows. First see that monitor and register are of one version.",
        tell: EVERYBODY,
    },
    Kind {
        id: "no-witness", accuses: false, title: "Monitor: nobody else watches",
        means: "The policy asks no witness: nobody says that others are shown the same, nor how old the checkpoint is. A log that shows one history here and another there is then seen only where readers compare.",
        kept: "Nothing.",
        act: "Put two or more witnesses that you trust into the policy, and a quorum; `docs/watching.md` shows the lines. Meanwhile give `--compare` an address that somebody else fetches from.",
        tell: "Nobody.",
    },
    Kind {
        id: "unpinned-keys", accuses: false, title: "Monitor: keys from the register itself",
        means: "The keys that sign the register's statements, and the authority's, were taken from the register's own `trust.txt` on the first run, and are kept from then on. They stand there with the log key of the policy, but nothing that the policy names has signed them.",
        kept: "The keys, in `monitor.json`.",
        act: "Compare the key ids in the finding with those that the operator publishes elsewhere; or begin with `--trust` and a copy that you keep.",
        tell: "Nobody.",
    },
    Kind {
        id: "other-keys", accuses: false, title: "Monitor: the register publishes other keys",
        means: "The register's `trust.txt` names other keys of the register or the authority than those kept here. Statements are still held against those kept here, so the first one by a new key will be told as `monitor:refused-statement`.",
        kept: "Nothing: both sets can be read, in `monitor.json` and at the register.",
        act: "Ask the operator elsewhere than at that address whether the keys were changed. If so, begin another state folder with `--trust` and the new file, which lists the old keys too; keep the old folder.",
        tell: "The operator.",
    },
    Kind {
        id: "behind", accuses: false, title: "Monitor: others were shown more",
        means: "A witness, a mirror or another reader was shown more entries than this address shows. For a while that is how a log grows; it is remembered, compared once this address shows as many, and told as `monitor:withheld` if it never does.",
        kept: "The other checkpoint, in `monitor.json`.",
        act: "Nothing, unless it stays.",
        tell: "Nobody.",
    },
    Kind {
        id: "not-compared", accuses: false, title: "Monitor: somebody could not be asked",
        means: "A witness of the policy or an address of `--compare` did not answer, or showed no checkpoint of this log, so that what it was shown could not be compared.",
        kept: "Nothing.",
        act: "See whether the address is right. While nobody can be asked, a split view would not be seen.",
        tell: "Whoever runs that place, if it lasts.",
    },
];
