//! A service as its operator meets it: where its settings come from, what it logs, what it shows, how it stops. Real processes
//! throughout.

mod announcing;
mod authority;
mod disk;
mod settings;
mod stopping;
mod units;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::{assay, folder};

/// A service that runs, its two addresses and its log.
struct Service {
    child: Child,
    listening: String,
    admin: String,
    log: Receiver<String>,
}

impl Service {
    /// `assay serve` on free ports.
    fn register(data: &Path, args: &[&str]) -> Self {
        let mut command = assay();
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--json", "--data"]);
        Self::start(command.arg(data).args(args))
    }

    fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let (to, log) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(to.send(line))));
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            said.push_str(&line.unwrap());
            if said.ends_with('}') {
                break;
            }
        }
        let document: Value = serde_json::from_str(&said).unwrap_or_else(|e| {
            let _ = child.kill();
            panic!("{e}: {said} {:?}", log.try_iter().collect::<Vec<_>>())
        });
        let address = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        Self { listening: address("listening"), admin: address("admin"), log, child }
    }

    fn get(&self, path: &str) -> (u16, String) {
        ask(&self.listening, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    }

    fn admin(&self, path: &str) -> (u16, String) {
        ask(&self.admin, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Waits for the end; its exit code, and the rest of the log.
    fn ended(mut self, within: Duration) -> (Option<i32>, Vec<String>) {
        let until = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), self.log.iter().collect());
            }
            assert!(Instant::now() < until, "it did not end within {within:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends bytes as they are; status and everything that came back.
fn ask(address: &str, request: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, text)
}

/// Requests that try to get words of their own into the log; each with a mark that must not be found there.
fn hostile() -> Vec<String> {
    let to = |target: &str, headers: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")
    };
    vec![
        to("/?q=marked-person", ""),
        to("/p/marked%0aERROR%20marked", ""),
        to("/marked%1b%5b2J/%e2%80%ae", ""),
        to(&format!("/{}", "marked".repeat(2_000)), ""),
        to("/rules/marked%22%7d%0a%7b%22level%22:%22ERROR%22", ""),
        to("/healthz", "User-Agent: marked\u{9b}31m\u{2028}\r\nX-Forwarded-For: 203.0.113.7\r\n"),
        to("/healthz", "X-Request-Id: marked\r\nReferer: https://marked.example/\r\nCookie: marked=1\r\n"),
        "MARKED / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".into(),
        "POST /api/v1/statements HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nmarked"
            .into(),
    ]
}

/// A log's lines about requests, once there are that many.
fn request_lines(service: &Service, count: usize, is_one: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let until = Instant::now() + Duration::from_secs(20);
    while found.len() < count {
        let left = until.saturating_duration_since(Instant::now());
        let line = service.log.recv_timeout(left).unwrap_or_else(|_| panic!("{count} wanted: {found:#?}"));
        assert!(!line.to_lowercase().contains("marked") && !line.contains("203.0.113.7"), "{line}");
        if is_one(&line) {
            found.push(line);
        }
    }
    found
}

#[test]
fn every_request_is_one_object_in_a_json_log_with_the_id_that_its_visitor_got() {
    let folder = folder();
    let service = Service::register(&folder.path().join("data"), &["--log-format", "json"]);
    let mut ids = Vec::new();
    for request in hostile() {
        let (status, said) = ask(&service.listening, &request);
        assert!((200..500).contains(&status), "{status} {request}");
        let id = said.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap_or_default();
        assert_eq!(id.len(), 16, "{said}");
        ids.push(id.to_owned());
    }
    let lines = request_lines(&service, ids.len(), |line| line.contains("\"assay_request\""));
    let mut seen = Vec::new();
    for line in &lines {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert_eq!((&event["level"], &event["message"]), (&"INFO".into(), &"request".into()), "{line}");
        assert!(event["ms"].as_f64().is_some() && event["timestamp"].is_string(), "{line}");
        assert!(event["route"].as_str().unwrap().len() < 40 && event["method"].as_str().unwrap().len() < 8);
        assert!(event["status"].as_u64().is_some_and(|status| status < 500), "{line}");
        seen.push(event["id"].as_str().unwrap().to_owned());
    }
    seen.sort();
    ids.sort();
    assert_eq!(seen, ids);
    ids.dedup();
    assert_eq!(ids.len(), hostile().len(), "no id comes twice");
}

#[test]
fn what_goes_wrong_in_a_request_is_logged_with_its_id_for_whoever_is_told_of_it() {
    let folder = folder();
    let data = folder.path().join("data");
    let service = Service::register(&data, &["--log-format", "json"]);
    // A folder where a tile would be.
    let tile = "log/tile/0/000.p/1";
    std::fs::create_dir_all(data.join("public").join(tile)).unwrap();
    let (status, said) = service.get(&format!("/{tile}"));
    let id = said.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_owned();
    assert_eq!(status, 503);
    let line = request_lines(&service, 1, |line| line.contains("\"ERROR\"")).remove(0);
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["span"]["id"], id.as_str(), "{line}");
}

#[test]
fn a_text_log_has_one_line_for_each_request_and_levels_are_obeyed() {
    let folder = folder();
    let data = folder.path().join("data");
    let service = Service::register(&data, &[]);
    hostile().iter().for_each(|request| drop(ask(&service.listening, request)));
    let lines = request_lines(&service, hostile().len(), |line| line.contains("assay_request"));
    assert!(lines.iter().any(|line| line.contains(r#"route="/p/{id}" status=404"#)), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains(r#"method="other""#)), "{lines:#?}");
    drop(service);
    let quiet = Service::register(&data, &["--log-level", "warn,assay_request=off"]);
    assert_eq!(quiet.get("/healthz").0, 200);
    quiet.signal("-TERM");
    let (code, log) = quiet.ended(Duration::from_secs(20));
    assert_eq!((code, log), (Some(0), vec![]));
}

#[test]
fn metrics_and_health_are_on_their_own_address_alone() {
    let folder = folder();
    let service = Service::register(&folder.path().join("data"), &[]);
    assert_eq!(service.get("/healthz").0, 200);
    for path in ["/metrics", "/readyz"] {
        assert_eq!(service.get(path).0, 404, "{path} is not the visitors' business");
    }
    let until = Instant::now() + Duration::from_secs(20);
    while !service.admin("/readyz").1.contains("\"role\":\"leader\"") {
        assert!(Instant::now() < until, "{}", service.admin("/readyz").1);
        thread::sleep(Duration::from_millis(20));
    }
    let (status, said) = service.admin("/readyz");
    assert!(status == 200 && said.contains("\"lag_entries\":0"), "{said}");
    assert_eq!(service.admin("/healthz").0, 200);
    let (status, said) = service.admin("/metrics");
    assert!(status == 200 && said.contains("content-type: text/plain; version=0.0.4"), "{said}");
    assert!(
        said.contains("assay_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1"),
        "{said}"
    );
    assert_eq!(service.admin("/").0, 404, "no page is there");
    let nowhere = Service::start(
        assay()
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(folder.path().join("other")),
    );
    assert_eq!(nowhere.admin, "", "nothing is shown unless somebody asks for it");
}

#[test]
fn a_witness_and_a_mirror_log_count_and_stop_likewise() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let made = crate::common::run([
        "witness",
        "key",
        "--name",
        "w.example/w",
        "--out",
        &at("w.key").display().to_string(),
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let register = Service::register(&at("data"), &[]);
    let trust = register.get("/trust.txt").1;
    let key = trust.lines().find_map(|line| line.strip_prefix("log ")).unwrap().to_owned();
    std::fs::write(at("logs.txt"), format!("log {key}\n")).unwrap();
    let mut witness = assay();
    witness.args(["witness", "--listen", "127.0.0.1:0", "--json", "--log-format", "json"]);
    witness.arg("--key").arg(at("w.key")).arg("--logs").arg(at("logs.txt")).arg("--state").arg(at("state"));
    let mut mirror = assay();
    mirror.arg("mirror").arg(format!("http://{}", register.listening)).arg(at("mirror"));
    mirror.args(["--log-key", &key, "--listen", "127.0.0.1:0", "--json", "--log-format", "json"]);
    for (command, route) in [(&mut witness, "/{hash}/checkpoint"), (&mut mirror, "/log/{*tile}")] {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut service = Service::start(command.args(["--admin", &free]));
        service.admin = free;
        let path = route.replace("{hash}", "marked").replace("{*tile}", "marked");
        assert_eq!(service.get(&path).0, 404);
        let lines = request_lines(&service, 1, |line| line.contains("assay_request"));
        assert!(lines[0].contains(route), "{lines:?}");
        assert!(service.admin("/metrics").1.contains(&format!("route=\"{route}\",status=\"404\"}} 1")));
        assert_eq!((service.admin("/readyz").0, service.admin("/healthz").0), (200, 200));
        service.signal("-TERM");
        assert_eq!(service.ended(Duration::from_secs(20)).0, Some(0));
    }
}
