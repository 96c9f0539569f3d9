"""A receiver that answers as `POST /api/v1/logs` of PromptLab does, with faults that a test puts in front."""

from __future__ import annotations

import gzip
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Callable, Optional


class Server(ThreadingHTTPServer):
    """For a hundred connections at the same moment."""

    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, *ignored: Any) -> None:
        pass


class Upload:
    """One POST."""

    def __init__(self, path: str, headers: dict[str, str], raw: bytes) -> None:
        self.path = path
        self.headers = headers
        self.size = len(raw)
        self.at = time.monotonic()
        body = gzip.decompress(raw) if headers.get("content-encoding") == "gzip" else raw
        self.json: dict[str, Any] = json.loads(body)
        self.logs: list[dict[str, Any]] = self.json.get("logs") or []
        self.spans: list[dict[str, Any]] = self.json.get("spans") or []


# Gives status, body and headers, or None for the usual answer; may wait, and may raise to close the connection.
Fault = Callable[[Upload], Optional[tuple[int, bytes, dict[str, str]]]]


class Receiver:
    """`stored`: records by id, each once, as the server has them."""

    def __init__(self, port: int = 0) -> None:
        self.uploads: list[Upload] = []
        self.stored: dict[str, dict[str, Any]] = {}
        self.spans: dict[str, dict[str, Any]] = {}
        self.duplicates = 0
        self.faults: list[Fault] = []
        self.always: Optional[Fault] = None
        self.connections = 0
        self.lock = Lock()
        receiver = self

        class Handler(_Handler):
            owner = receiver

        self.server = Server(("127.0.0.1", port), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.base_url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def records(self) -> list[dict[str, Any]]:
        """In the order of their ids, which is that of the calls."""
        return [self.stored[record_id] for record_id in sorted(self.stored)]

    def accept(self, upload: Upload) -> bytes:
        results = []
        with self.lock:
            for kept, records in ((self.stored, upload.logs), (self.spans, upload.spans)):
                for index, record in enumerate(records):
                    is_known = record["id"] in kept
                    self.duplicates += is_known
                    kept[record["id"]] = record
                    results.append(
                        {"index": index, "id": record["id"], "status": "duplicate" if is_known else "created"}
                    )
        return json.dumps({"created": 0, "duplicate": 0, "rejected": 0, "results": results}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    owner: Receiver

    def log_message(self, *args: Any) -> None:
        pass

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            pass

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        upload = Upload(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
        with self.owner.lock:
            self.owner.uploads.append(upload)
            fault = self.owner.faults.pop(0) if self.owner.faults else self.owner.always
        try:
            answer = fault(upload) if fault else None
        except ConnectionError:
            self.close_connection = True
            self.connection.close()
            return
        status, body, headers = answer or (200, self.owner.accept(upload), {})
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if headers.get("connection") == "close":
            self.close_connection = True


def refuse(status: int, message: str = "no", headers: Optional[dict[str, str]] = None) -> Fault:
    """An answer with that status."""
    body = json.dumps({"error": {"type": "api_error", "code": "x", "message": message}}).encode()
    return lambda upload: (status, body, headers or {})
