//! A server that does nothing: it looks at the request line and writes what was made beforehand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};

use crate::bodies;
use crate::operation::Outcome;

/// Responses, whole.
struct Responses {
    sent: Vec<u8>,
    created: Vec<u8>,
    added: Vec<u8>,
    message: Vec<u8>,
    messages: Vec<u8>,
    participants: Vec<u8>,
}

pub(crate) fn serve() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    let responses = Arc::new(Responses {
        sent: response(201, &bodies::sent()),
        created: response(201, &bodies::created()),
        added: response(201, &json!({})),
        message: response(200, &bodies::message(0)),
        messages: response(200, &bodies::messages()),
        participants: response(200, &bodies::participants()),
    });
    for connection in listener.incoming() {
        let (connection, responses) = (connection?, Arc::clone(&responses));
        thread::spawn(move || answer(&connection, &responses));
    }
    Ok(())
}

fn response(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} OK\r\n\
         content-length: {}\r\n\
         content-type: application/json; charset=utf-8\r\n\
         date: Tue, 07 Sep 2021 19:57:38 GMT\r\n\
         api-supported-versions: 2021-03-07, 2021-09-07, 2023-11-07, 2024-03-07\r\n\
         ms-cv: 8mOqkUQzEkaUjSKXIEuoiw.0\r\n\
         x-processing-time: 87ms\r\n\
         x-cache: CONFIG_NOCACHE\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// Answers the requests of a connection until it ends.
fn answer(mut connection: &TcpStream, responses: &Responses) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let response = responses.to(&line);
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        connection.write_all(response)?;
    }
}

impl Responses {
    fn to(&self, request_line: &str) -> &[u8] {
        let path = request_line.split(['?', ' ']).nth(1).unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        match (request_line.starts_with("GET"), last) {
            (true, "messages") => &self.messages,
            (true, "participants") => &self.participants,
            (true, _) => &self.message,
            (false, "messages") => &self.sent,
            (false, "threads") => &self.created,
            (false, _) => &self.added,
        }
    }
}
