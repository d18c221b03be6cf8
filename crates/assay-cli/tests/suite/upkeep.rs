//! `assay register` from outside: a copy, a beginning from it, and what is said of a register that is not whole.

use std::fs;

use crate::common::{Served, folder, run};

#[test]
fn a_register_is_copied_restored_and_looked_through() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, backup, restored) = (path("register"), path("backup"), path("restored"));
    assert_eq!(Served::start(data.as_ref()).stop(), Some(0));

    let ran = run(["register", "backup", "--data", &data, &backup, "--json"]);
    assert_eq!((ran.code, ran.json()["log_size"].as_u64()), (0, Some(0)), "{}", ran.err);
    let ran = run(["register", "restore", "--data", &restored, &backup, "--json"]);
    assert_eq!((ran.code, ran.json()["did"].as_str()), (0, Some("restore")), "{}", ran.err);
    // Its public files are written by its first start.
    let ran = run(["register", "fsck", "--data", &restored, "--json"]);
    assert_eq!((ran.code, ran.json()["sound"].as_bool()), (1, Some(false)), "{}", ran.err);
    assert_eq!(Served::start(restored.as_ref()).stop(), Some(0));
    let ran = run(["register", "fsck", "--data", &restored]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("sound; 0 entries, 1 files"), "{}", ran.out);

    // The same register by another way: the database by its address.
    let database = format!("sqlite:{restored}/assay.db");
    assert_eq!(run(["register", "fsck", "--data", &restored, "--database", &database]).code, 0);
    fs::write(path("url"), format!("{database}\n")).unwrap();
    assert_eq!(run(["register", "fsck", "--data", &restored, "--database-file", &path("url")]).code, 0);
    let both = ["--database", &database, "--database-file", &path("url")];
    assert_eq!(run(["register", "fsck", "--data", &restored].iter().chain(&both)).code, 2);
    let checkpoint = folder.path().join("restored/public/log/checkpoint");
    fs::write(&checkpoint, "x").unwrap();
    let ran = run(["register", "fsck", "--data", &restored]);
    assert!(ran.code == 1 && ran.out.starts_with("not sound: "), "{} {}", ran.code, ran.out);

    let ran = run(["register", "restore", "--data", &restored, &backup]);
    assert!(ran.code == 4 && ran.err.contains("holds a log already"), "{} {}", ran.code, ran.err);
    for bad in
        [["register", "fsck", "--data", &path("none")].as_slice(), &["register", "restore", &path("none")]]
    {
        let ran = run(bad);
        assert!([2, 4].contains(&ran.code), "{bad:?}: {} {}", ran.code, ran.err);
    }
    let ran =
        run(["register", "fsck", "--data", &restored, "--database", "postgres://u:s3cret@localhost:1/x"]);
    assert!(ran.code == 4 && ran.err.contains("cannot be reached"), "{} {}", ran.code, ran.err);
    assert!(!ran.err.contains("s3cret"), "{}", ran.err);
}
