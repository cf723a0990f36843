//! A cloud, an endpoint and a collector in one, which says yes to everything and keeps it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, any_value::Value},
};
use prost::Message;

/// What was asked.
#[derive(Clone)]
pub(super) struct Call {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    /// The value of a header, whose name is given in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A span as it was sent, its ids in hexadecimal.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) name: String,
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    attributes: Vec<(String, String)>,
    /// All else that could hold something of a user.
    #[expect(dead_code, reason = "it is looked at as text")]
    rest: String,
}

impl Span {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// Answers all who ask, and keeps what they have sent.
pub(super) struct Recorder {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Recorder {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let kept = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                thread::spawn(move || answer(stream, &kept));
            }
        });
        Self { address, calls }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All calls to a path, in their order.
    pub(super) fn calls(&self, path: &str) -> Vec<Call> {
        let calls = self.calls.lock().expect("no thread panics with it");
        calls.iter().filter(|call| call.path == path).cloned().collect()
    }

    /// All spans that the collector was sent.
    pub(super) fn spans(&self) -> Vec<Span> {
        let sent = self.calls("/v1/traces").into_iter().flat_map(|call| {
            assert_eq!(call.header("content-type"), Some("application/x-protobuf"));
            ExportTraceServiceRequest::decode(&*call.body).expect("it is protobuf").resource_spans
        });
        let sent = sent.flat_map(|of_resource| {
            let resource = of_resource.resource.expect("it says who sends it");
            let name = resource.attributes.iter().find(|attribute| attribute.key == "service.name");
            assert_eq!(name.map(|name| text(name.value.as_ref())), Some("hongbao".to_owned()));
            of_resource.scope_spans
        });
        sent.flat_map(|of_scope| of_scope.spans)
            .map(|span| Span {
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                attributes: span.attributes.into_iter().map(|with| (with.key, text(with.value.as_ref()))).collect(),
                rest: format!("{:?} {:?} {:?}", span.events, span.links, span.status),
                name: span.name,
            })
            .collect()
    }
}

fn answer(stream: TcpStream, kept: &Mutex<Vec<Call>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line: &String| !line.trim().is_empty()) {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        lines.push(line);
    }
    let path = lines[0].split(' ').nth(1)?.to_owned();
    let header =
        |line: &String| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let headers: Vec<_> = lines[1..].iter().filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(Ok(0), |(_, length)| length.parse());
    let mut body = vec![0; length.ok()?];
    stream.read_exact(&mut body).ok()?;
    let says = if path != "/v1/traces" && path != "/hook" { r#"{"code":200,"messageUID":"uid"}"# } else { "" };
    kept.lock().expect("no thread panics with it").push(Call { path, headers, body });
    let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{says}", says.len());
    stream.get_mut().write_all(answer.as_bytes()).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}
