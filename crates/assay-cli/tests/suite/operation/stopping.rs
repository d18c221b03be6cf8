//! How a register stops: readiness is taken back first, what is under way is finished, a second request ends it at once, and
//! the service manager hears of all of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::thread;
use std::time::{Duration, Instant};

use super::Service;
use crate::common::{assay, folder};

#[test]
fn readiness_is_taken_back_at_once_and_visitors_are_taken_for_the_delay_that_was_asked_for() {
    let folder = folder();
    let service = Service::register(&folder.path().join("data"), &["--stop-delay", "3"]);
    assert_eq!(service.admin("/readyz").0, 200);
    service.signal("-TERM");
    let until = Instant::now() + Duration::from_secs(2);
    while service.admin("/readyz").0 == 200 {
        assert!(Instant::now() < until, "still ready");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(service.admin("/readyz").1.contains("\"status\":\"stopping\""));
    assert_eq!(service.get("/healthz").0, 200, "visitors who come late are still answered");
    let (code, log) = service.ended(Duration::from_secs(20));
    assert_eq!(code, Some(0));
    assert!(log.iter().any(|line| line.contains("register closed")), "{log:#?}");
}

#[test]
fn a_request_under_way_is_finished_and_new_visitors_are_not_taken() {
    let folder = folder();
    let service = Service::register(&folder.path().join("data"), &[]);
    // Half of a request: the register waits for the rest.
    let mut slow = TcpStream::connect(&service.listening).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = "POST /api/v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n";
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(b"half").unwrap();
    thread::sleep(Duration::from_millis(300));
    service.signal("-TERM");
    let until = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect(&service.listening).is_ok() {
        assert!(Instant::now() < until, "still listening");
        thread::sleep(Duration::from_millis(10));
    }
    slow.write_all(b"rest").unwrap();
    let mut said = String::new();
    slow.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 4") && said.contains("\"error\""), "answered in full: {said}");
    assert_eq!(service.ended(Duration::from_secs(20)).0, Some(0));
}

#[test]
fn asked_a_second_time_it_ends_at_once_and_the_next_start_is_sound() {
    let folder = folder();
    let data = folder.path().join("data");
    let service = Service::register(&data, &["--stop-delay", "60"]);
    service.signal("-TERM");
    let until = Instant::now() + Duration::from_secs(5);
    while service.admin("/readyz").0 == 200 {
        assert!(Instant::now() < until);
        thread::sleep(Duration::from_millis(10));
    }
    let asked = Instant::now();
    service.signal("-INT");
    let (code, log) = service.ended(Duration::from_secs(5));
    assert_eq!(code, Some(4));
    assert!(asked.elapsed() < Duration::from_secs(5));
    assert!(log.iter().any(|line| line.contains("asked twice")), "{log:#?}");
    let again = Service::register(&data, &[]);
    again.signal("-TERM");
    assert_eq!(again.ended(Duration::from_secs(20)).0, Some(0));
    let checked = crate::common::run(["register", "fsck", "--data", &data.display().to_string()]);
    assert_eq!(checked.code, 0, "{}", checked.err);
}

#[test]
fn the_service_manager_hears_of_start_life_and_end() {
    let folder = folder();
    let socket = folder.path().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let hear = || {
        let mut bytes = [0; 1024];
        let length = manager.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let mut command = assay();
    command.args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"]).arg(folder.path().join("data"));
    command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "300000").env_remove("WATCHDOG_PID");
    let service = Service::start(&mut command);
    let said = hear();
    assert!(said.starts_with("READY=1\n") && said.contains("STATUS=log of 0 entries"), "{said}");
    for _ in 0..3 {
        assert_eq!(hear().trim(), "WATCHDOG=1");
    }
    service.signal("-TERM");
    let mut last = hear();
    while last.trim() == "WATCHDOG=1" {
        last = hear();
    }
    assert!(last.starts_with("STOPPING=1\n"), "{last}");
    assert_eq!(service.ended(Duration::from_secs(20)).0, Some(0));
}
