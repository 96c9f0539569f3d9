"""A stand-in for OpenAI, a receiver of records, and one that takes what other libraries send, in a process of their own, so that they
do not share the interpreter that is measured."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[2] / "sdk" / "python" / "tests"))

from fake_openai import FakeOpenAI  # noqa: E402
from receiver import Receiver, Server  # noqa: E402


class Collector(BaseHTTPRequestHandler):
    """Reads all and answers `{}`."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PATCH = answer

    def log_message(self, *ignored: object) -> None:
        pass


provider, receiver = FakeOpenAI(), Receiver()
collector = Server(("127.0.0.1", 0), Collector)
Thread(target=collector.serve_forever, daemon=True).start()
# Nothing is kept: it would only slow down what is measured.
provider.wires = type("Nothing", (list,), {"append": lambda self, item: None})()
print(json.dumps([provider.base_url, receiver.base_url, f"http://127.0.0.1:{collector.server_address[1]}"]), flush=True)
sys.stdin.read()
