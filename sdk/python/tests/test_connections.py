"""F. Connections: those that the server closed, proxies, TLS, and a transport of one's own."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time

import pytest
from harness import RECORD, Way

import promptlab


def test_p65_a_connection_closed_while_idle_is_no_retry(sync: Way) -> None:
    sync.receiver.faults = [lambda upload: (200, sync.receiver.accept(upload), {"connection": "close"})]
    lab = sync.lab()
    for _ in range(3):
        lab.api.log_request(RECORD)
        assert lab.flush().ok
    assert sync.receiver.connections == 2 and lab.stats().retried == 0

    def silent(upload):
        # Says that the connection stays, and closes it all the same.
        threading.Timer(0.05, lambda: [sock.shutdown(socket.SHUT_RDWR) for sock in sockets]).start()
        return None

    sockets: list[socket.socket] = []
    original = sync.receiver.server.get_request

    def get_request():
        sock, address = original()
        sockets.append(sock)
        return sock, address

    sync.receiver.server.get_request = get_request
    other = sync.lab()
    sync.receiver.faults = [silent]
    for _ in range(2):
        other.api.log_request(RECORD)
        assert other.flush().ok
        time.sleep(0.15)
    assert other.stats().retried == 0


class _Proxy(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[str, str]] = []

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((self.path, self.headers.get("proxy-authorization", "")))
        records = json.loads(body)["logs"]
        answer = json.dumps(
            {
                "results": [
                    {"index": index, "id": record["id"], "status": "created"} for index, record in enumerate(records)
                ]
            }
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def test_p68_proxies_of_the_environment_are_used(sync: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("http_proxy", f"http://user:pa%20ss@127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    far = sync.lab(base_url="http://promptlab.internal:8000/base")
    far.api.log_request(RECORD)
    assert far.flush().ok
    assert _Proxy.seen == [("http://promptlab.internal:8000/base/api/v1/logs", "Basic dXNlcjpwYSBzcw==")]
    near = sync.lab()
    near.api.log_request(RECORD)
    assert near.flush().ok and len(_Proxy.seen) == 1 and len(sync.receiver.stored) == 1
    server.shutdown()
    server.server_close()


def test_p68_tls_is_verified() -> None:
    import ssl

    from promptlab.delivery.transport import _connect, urlsplit

    connection, _ = _connect(urlsplit("https://promptlab.example/base"), 1.0)
    context = connection._context
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname is True


def test_a_transport_of_ones_own_sees_what_would_be_sent(provider) -> None:
    sent = []

    def transport(request: promptlab.Request) -> promptlab.Response:
        records = json.loads(request.body)["logs"]
        sent.extend(records)
        results = [{"index": index, "id": record["id"], "status": "created"} for index, record in enumerate(records)]
        return promptlab.Response(200, json.dumps({"results": results}).encode())

    lab = promptlab.PromptLab(api_key="test", transport=transport)
    lab.api.log_request(RECORD)
    assert lab.flush().ok and sent[0]["model"] == "m"
    lab.shutdown()
