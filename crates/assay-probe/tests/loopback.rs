//! Exchanges with small servers on the loopback interface: bounds, redirects, and sites that answer everything.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use assay_probe::{FetchError, Fetcher, Reach, disclosure};

/// Answers each request with what `answer` says for its path, until the test ends.
fn server(answer: fn(&str) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut first = String::new();
            let _ = reader.read_line(&mut first);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                line.clear();
            }
            let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
            let _ = (&stream).write_all(answer(&path).as_bytes());
        }
    });
    address
}

fn ok(kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

const GONE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

#[test]
fn a_security_txt_is_fetched_and_every_request_is_noted() {
    let site = server(|path| match path {
        "/.well-known/security.txt" => ok("text/plain; charset=utf-8", "Contact: mailto:a@b.example\n"),
        _ => GONE.into(),
    });
    let fetched = disclosure::fetch(&Fetcher::new(Reach::Named, &site).unwrap(), &site, "n0").unwrap();
    assert_eq!(fetched.security_txt.unwrap().body, b"Contact: mailto:a@b.example\n");
    assert!(!fetched.answers_everything);
    assert_eq!(fetched.actions.len(), 2);
    assert!(fetched.actions[0].ends_with("assay-control-n0 -> 404"), "{:?}", fetched.actions);
}

#[test]
fn a_site_that_answers_every_path_with_its_shell_proves_nothing() {
    let site = server(|_| ok("text/html", "<html>Contact: us</html>"));
    let fetched = disclosure::fetch(&Fetcher::new(Reach::Named, &site).unwrap(), &site, "n0").unwrap();
    assert!(fetched.answers_everything);
}

#[test]
fn an_endless_answer_is_cut_at_the_limit() {
    let site = server(|_| ok("text/plain", &"x".repeat(100_000)));
    let error = Fetcher::new(Reach::Named, &site).unwrap().get(&site, 1_000).unwrap_err();
    assert!(matches!(error, FetchError::TooLong { most: 1_000, .. }), "{error}");
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let site = server(|_| {
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into()
    });
    let error = Fetcher::new(Reach::Named, &site).unwrap().get(&site, 1_000).unwrap_err();
    assert!(error.to_string().contains("another host"), "{error}");
}

#[test]
fn a_name_that_leads_inside_is_refused_for_a_public_fetch() {
    let url = "https://localhost/";
    let error = Fetcher::new(Reach::Public, url).unwrap().get(url, 1_000).unwrap_err();
    assert!(error.to_string().contains("no address on the public internet"), "{error}");
}

#[test]
fn an_answer_that_trickles_is_not_listened_to_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
            line.clear();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n").unwrap();
        // A byte every 50 ms: no single read waits long.
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let fetcher = Fetcher::within(Reach::Named, &site, Duration::from_millis(400)).unwrap();
    let started = Instant::now();
    let error = fetcher.get(&site, 200_000).unwrap_err();
    assert!(
        matches!(error, FetchError::Failed { .. }) && error.to_string().contains("too slowly"),
        "{error}"
    );
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
