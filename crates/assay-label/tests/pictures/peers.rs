//! Two other programs that read QR codes, asked about the same files: zbarimg (Debian) and zxing-cpp (PyPI). Where one is
//! not installed it is said, and nothing is compared with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const ZXING: &str = "import sys, zxingcpp, numpy\nfrom PIL import Image\n\
for f in sys.argv[1:]:\n  for r in zxingcpp.read_barcodes(numpy.array(Image.open(f).convert('L'))):\n    \
print(f + '\\t' + r.text.replace('\\n', ' '))\n";

/// What a program read in each file of a folder; none if it is not installed.
pub(crate) fn zxing(folder: &Path, files: &[String]) -> Option<BTreeMap<String, Vec<String>>> {
    let output =
        Command::new("python3").arg("-c").arg(ZXING).args(files).current_dir(folder).output().ok()?;
    if !output.status.success() {
        eprintln!(
            "SKIPPED: zxing-cpp is not installed (pip install zxing-cpp pillow numpy), so nothing is compared with it"
        );
        return None;
    }
    let mut read: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, text) in
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.split_once('\t'))
    {
        read.entry(file.into()).or_default().push(text.into());
    }
    Some(read)
}

/// The same of zbarimg.
pub(crate) fn zbar(folder: &Path, files: &[String]) -> Option<BTreeMap<String, Vec<String>>> {
    let mut read = BTreeMap::new();
    for file in files {
        let Ok(output) = Command::new("zbarimg")
            .args(["-q", "--raw", "-Sdisable", "-Sqrcode.enable", file])
            .current_dir(folder)
            .output()
        else {
            eprintln!("SKIPPED: zbarimg is not installed (zbar-tools), so nothing is compared with it");
            return None;
        };
        let texts = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        read.insert(file.clone(), texts);
    }
    Some(read)
}
