"""Takes what OTLP exporters send, as protobuf or JSON, and keeps it as OTLP/JSON."""

from __future__ import annotations

import base64
import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

# Bytes in protobuf's own JSON are base64; OTLP has them in hex.
IDS = {"traceId", "spanId", "parentSpanId"}


class Receiver:
    """`traces` and `logs`: all `resourceSpans` and `resourceLogs` that came, in the order they came in."""

    def __init__(self) -> None:
        self.traces: list[Any] = []
        self.logs: list[Any] = []
        lock = Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                self._answer(b"{}", "application/json")

            def do_POST(self) -> None:
                body = self._read()
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                kind = (self.headers.get("content-type") or "").partition(";")[0]
                with lock:
                    if self.path.rstrip("/").endswith("/v1/traces"):
                        receiver.traces += _decode(body, kind, ExportTraceServiceRequest).get("resourceSpans", [])
                    elif self.path.rstrip("/").endswith("/v1/logs"):
                        receiver.logs += _decode(body, kind, ExportLogsServiceRequest).get("resourceLogs", [])
                self._answer(b"{}" if kind == "application/json" else b"", kind or "application/json")

            def _read(self) -> bytes:
                if self.headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length") or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _answer(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def reset(self) -> None:
        """Between two emitters."""
        self.traces = []
        self.logs = []


def _decode(body: bytes, kind: str, message: Any) -> dict[str, Any]:
    if kind == "application/json":
        decoded: dict[str, Any] = json.loads(body)
        return decoded
    parsed = message()
    parsed.ParseFromString(body)
    as_dict: dict[str, Any] = _ids_to_hex(MessageToDict(parsed, use_integers_for_enums=True))
    return as_dict


def _ids_to_hex(value: Any) -> Any:
    if isinstance(value, list):
        return [_ids_to_hex(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(member).hex() if name in IDS and isinstance(member, str) else _ids_to_hex(member)
        for name, member in value.items()
    }
