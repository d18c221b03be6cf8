//! The tables of `docs/operation.md`: settings from the command itself, metrics from their catalogue.

use std::fs;

use assay_server::{Kind, metrics};
use clap::CommandFactory;

use super::{generated_part, root};

const PAGE: &str = "docs/operation.md";

#[test]
fn docs_operation_settings_are_current() {
    let mut command = crate::Cli::command();
    command.build();
    for called in ["serve", "witness", "mirror", "monitor"] {
        let command = command.find_subcommand(called).unwrap();
        let mut text = "| option, key in the file | variable | default | |\n|---|---|---|---|\n".to_owned();
        crate::settings::options(command).for_each(|arg| text.push_str(&row(arg)));
        let part = if called == "serve" { "settings".to_owned() } else { format!("settings of {called}") };
        generated_part(PAGE, &part, &text);
    }
}

fn row(arg: &clap::Arg) -> String {
    let name = arg.get_long().unwrap();
    let variable = arg.get_env().unwrap_or_else(|| panic!("--{name} has no variable")).to_string_lossy();
    assert!(variable.starts_with("ASSAY_"), "{variable}");
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let default = if defaults.is_empty() { String::new() } else { format!("`{}`", defaults.join(" ")) };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.replace('\n', " ").replace('|', "\\|");
    format!("| `{name}` | `{variable}` | {default} | {help} |\n")
}

#[test]
fn docs_operation_metrics_are_current() {
    let mut text = "| metric | kind | labels | |\n|---|---|---|---|\n".to_owned();
    for metric in metrics() {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        text.push_str(&format!("| `{}` | {kind} | {} | {} |\n", metric.name, labels.join(", "), metric.help));
    }
    generated_part(PAGE, "metrics", &text);
}

/// An alert that names a metric which does not exist would never fire.
#[test]
fn the_alerts_name_metrics_that_exist() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let alerts = page.split("## Alerts").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let words = alerts.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let named: Vec<_> =
        words.filter(|word| word.starts_with("assay_") || word.starts_with("process_")).collect();
    assert!(named.len() >= 8, "{named:?}");
    for name in named {
        let family =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(
            metrics().iter().any(|metric| metric.name == name || metric.name == family),
            "{name} is no metric"
        );
    }
    let rules = alerts.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, rules).unwrap();
    let Ok(said) = std::process::Command::new("promtool").args(["check", "rules"]).arg(file.path()).output()
    else {
        crate::output::note(
            "SKIPPED: promtool is not installed (Debian: prometheus): the alerts were not held against it",
        );
        return;
    };
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}
