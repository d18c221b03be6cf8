//! Over loopback, with visitors as they should not be.

use std::io::{Read as _, Write as _};
use std::net::TcpStream as Socket;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use tokio::sync::oneshot;

use super::*;

const LONG: usize = 40_000_000;

/// A server, and what tells it to stop.
struct House {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: std::thread::JoinHandle<()>,
}

/// A server that says who asks and how long a body was, and has something long to read.
fn served(bounds: Bounds) -> House {
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let who = async |ConnectInfo(from): ConnectInfo<SocketAddr>| from.ip().to_string();
    let router = Router::new()
        .route("/", get(who))
        .route("/long", get(async || Body::from(vec![7u8; LONG])))
        .route("/body", post(async |body: Bytes| body.len().to_string()))
        .layer(axum::extract::DefaultBodyLimit::max(LONG));
    let ended = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).unwrap();
            serve(listener, router, async { drop(stopped.await) }, bounds).await.unwrap();
        });
    });
    House { address, stop: Some(stop), ended }
}

impl House {
    fn visitor(&self, says: &str) -> Socket {
        let mut socket = Socket::connect(self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(says.as_bytes()).unwrap();
        socket
    }

    fn asks(&self) -> String {
        rest(&self.visitor("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    }

    fn answers(&self) -> bool {
        self.asks().ends_with("127.0.0.1")
    }

    /// How long an end takes.
    fn ends(mut self) -> Duration {
        let began = Instant::now();
        drop(self.stop.take());
        self.ended.join().unwrap();
        began.elapsed()
    }
}

/// What comes until the other side closes.
fn rest(mut socket: &Socket) -> String {
    let mut said = Vec::new();
    let _ = socket.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

/// Sends a byte every now and then until the other side closes; how long that took.
fn drips(mut socket: Socket) -> Duration {
    let began = Instant::now();
    while socket.write_all(b"a").is_ok() {
        assert!(began.elapsed() < Duration::from_secs(20), "it is let go");
        std::thread::sleep(Duration::from_millis(30));
    }
    began.elapsed()
}

const A_MINUTE: Duration = Duration::from_secs(60);

/// Nobody is waited for more than half a second, if a test does not say otherwise.
const SHORT: Bounds = Bounds {
    head: Duration::from_millis(500),
    idle: Duration::from_millis(500),
    body: Duration::from_millis(500),
    answer: Duration::from_millis(500),
    connections: 8,
    of_one: Some(100),
};

/// The others wait for nothing.
const LONG_WAITS: Bounds =
    Bounds { head: A_MINUTE, idle: A_MINUTE, body: A_MINUTE, answer: A_MINUTE, ..SHORT };

const SLOW_HEAD: &str = "GET / HTTP/1.1\r\nX-Slow: ";
const SLOW_BODY: &str = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
const A_LONG_READ: &str = "GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn who_drips_a_head_is_let_go_and_the_others_are_answered_meanwhile() {
    let house = served(Bounds { head: SHORT.head, ..LONG_WAITS });
    let slow = house.visitor(SLOW_HEAD);
    let dripping = std::thread::spawn(move || drips(slow));
    assert!(house.answers());
    let took = dripping.join().unwrap();
    assert!(took >= SHORT.head && took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn who_drips_a_body_is_let_go_and_the_others_are_answered_meanwhile() {
    let house = served(Bounds { body: SHORT.body, ..LONG_WAITS });
    let slow = house.visitor(SLOW_BODY);
    let dripping = std::thread::spawn(move || drips(slow));
    assert!(house.answers());
    let took = dripping.join().unwrap();
    assert!(took >= SHORT.body && took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_body_that_goes_on_coming_is_taken_however_long_it_takes() {
    let house = served(Bounds { body: SHORT.body, ..LONG_WAITS });
    let mut steady =
        house.visitor("POST /body HTTP/1.1\r\nConnection: close\r\nContent-Length: 819200\r\n\r\n");
    let began = Instant::now();
    for _ in 0..20 {
        steady.write_all(&[b'a'; 40_960]).unwrap();
        std::thread::sleep(Duration::from_millis(80));
    }
    assert!(rest(&steady).ends_with("819200"));
    assert!(began.elapsed() > 2 * SHORT.body);
}

#[test]
fn who_does_not_read_an_answer_is_let_go() {
    let house = served(Bounds { answer: SHORT.answer, connections: 1, ..LONG_WAITS });
    let _slow = house.visitor(A_LONG_READ);
    // Its place, the only one, is free again without a byte having been read.
    assert!(house.answers());
}

#[test]
fn an_answer_that_goes_on_being_read_is_sent_however_long_it_takes() {
    let house = served(Bounds { answer: SHORT.answer, ..LONG_WAITS });
    let mut steady = house.visitor(A_LONG_READ);
    let (began, mut read, mut part) = (Instant::now(), 0, vec![0; 1_000_000]);
    loop {
        match steady.read(&mut part).unwrap() {
            0 => break,
            count => read += count,
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    assert!(read > LONG, "{read}");
    assert!(began.elapsed() > 2 * SHORT.answer, "{:?}", began.elapsed());
}

#[test]
fn there_is_room_again_when_all_places_were_taken_by_silent_visitors() {
    let house = served(SHORT);
    let silent: Vec<Socket> =
        (0..8).map(|number| house.visitor(if number % 2 == 0 { "" } else { SLOW_HEAD })).collect();
    let began = Instant::now();
    assert!(house.answers());
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(silent.iter().all(|socket| rest(socket).is_empty()), "closed");
}

#[test]
fn no_more_connections_are_open_than_there_is_room_for() {
    let house = served(Bounds { connections: 2, ..LONG_WAITS });
    let held = [house.visitor(SLOW_HEAD), house.visitor("")];
    let waiting = house.visitor("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    waiting.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert_eq!(rest(&waiting), "", "it waits");
    drop(held);
    waiting.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert!(rest(&waiting).ends_with("127.0.0.1"), "and is answered once there is a place");
}

#[test]
fn a_connection_stays_open_between_requests_for_a_while() {
    let house = served(Bounds { idle: Duration::from_secs(1), ..SHORT });
    let mut kept = house.visitor("");
    let mut answer = [0; 512];
    // In all longer than any wait that is allowed.
    for _ in 0..4 {
        kept.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let count = kept.read(&mut answer).unwrap();
        assert!(answer[..count].ends_with(b"127.0.0.1"));
        std::thread::sleep(Duration::from_millis(600));
    }
    assert_eq!(rest(&kept), "", "then it is closed");
}

#[test]
fn one_visitor_does_not_have_all_places() {
    let house = served(Bounds { of_one: Some(3), ..LONG_WAITS });
    let held: Vec<Socket> = (0..3).map(|_| house.visitor("")).collect();
    assert_eq!(house.asks(), "", "closed at once");
    drop(held);
    let until = Instant::now() + Duration::from_secs(10);
    while !house.answers() {
        assert!(Instant::now() < until, "a place that was let go is free again");
    }
}

#[test]
fn an_end_is_not_held_up_by_whoever_is_slow() {
    let house = served(LONG_WAITS);
    let _slow = [SLOW_HEAD, SLOW_BODY, A_LONG_READ, ""].map(|says| house.visitor(says));
    assert!(house.answers());
    let took = house.ends();
    assert!(took < Duration::from_secs(6), "{took:?}");
}

#[test]
fn an_end_waits_for_an_answer_that_goes_on_being_read() {
    let house = served(SHORT);
    let mut reader = house.visitor(A_LONG_READ);
    let mut begun = [0; 1000];
    reader.read_exact(&mut begun).unwrap();
    let address = house.address;
    let ending = std::thread::spawn(move || house.ends());
    std::thread::sleep(Duration::from_millis(200));
    assert!(Socket::connect(address).is_err(), "nobody is let in any more");
    let mut read = 0;
    reader.read_to_end(&mut Vec::new()).map(|count| read += count).unwrap();
    assert!(read > LONG - 1000, "{read}");
    ending.join().unwrap();
}
