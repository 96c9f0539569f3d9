"""A stand-in for OpenAI: real sockets, HTTP/1.1 with keep-alive, server-sent events, and faults by the name of the model."""

from __future__ import annotations

import gzip
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Iterator, Optional

USAGE = {
    "prompt_tokens": 11,
    "completion_tokens": 7,
    "total_tokens": 18,
    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 1},
    "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 2},
}
RESPONSES_USAGE = {
    "input_tokens": 11,
    "output_tokens": 7,
    "total_tokens": 18,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens_details": {"reasoning_tokens": 3},
}
WORDS = ("Hello", " from", " the", " stand", "-in")


class Wire:
    """What one request looked like."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def chunk(**parts: Any) -> dict[str, Any]:
    """One chunk of a streamed chat."""
    whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1764150000, "model": "served-model"}
    return {**whole, "choices": [], **parts}


def delta(content: Any = None, index: int = 0, finish: Optional[str] = None, **more: Any) -> dict[str, Any]:
    """One choice of a chunk."""
    said = {**({"content": content} if content is not None else {}), **more}
    return {"index": index, "delta": said, "finish_reason": finish, "logprobs": None}


def completion(content: Any = "".join(WORDS), **parts: Any) -> dict[str, Any]:
    """A whole answer of a chat."""
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1764150000, "model": "served-model"}
    return {**whole, "choices": [choice], "usage": USAGE, "service_tier": "default", **parts}


def response(status: str = "completed", text: str = "".join(WORDS), **parts: Any) -> dict[str, Any]:
    """A whole answer of `responses`."""
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    return {
        "id": "resp_1", "object": "response", "created_at": 1764150000, "model": "served-model", "status": status,
        "output": [item] if status == "completed" else [], "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": [], "usage": RESPONSES_USAGE if status == "completed" else None, "error": None,
        "incomplete_details": None, "instructions": None, "metadata": {}, "temperature": 1.0, "top_p": 1.0, **parts,
    }  # fmt: skip


class Server(ThreadingHTTPServer):
    """For a hundred connections at the same moment."""

    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, *ignored: Any) -> None:
        pass


class FakeOpenAI:
    """`wires`: all requests so far. `answers`: JSON by model, or what makes it of the body; `events`: streams by model."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.answers: dict[str, Any] = {}
        self.events: dict[str, list[Any]] = {}
        self.polls: list[dict[str, Any]] = []
        self.release = Event()
        self.closed_early = Event()
        self.lock = Lock()
        fake = self

        class Handler(_Handler):
            owner = fake

        self.server = Server(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.base_url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def reset(self) -> None:
        """Between two tests."""
        self.wires.clear()
        self.answers.clear()
        self.events.clear()
        self.polls.clear()
        self.release.clear()
        self.closed_early.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    owner: FakeOpenAI

    def log_message(self, *args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, BrokenPipeError):
            self.owner.closed_early.set()

    def do_GET(self) -> None:
        self._note(b"")
        if "/responses/" in self.path:
            polls = self.owner.polls
            self._json(polls.pop(0) if len(polls) > 1 else polls[0])
        elif self.path.startswith("/v1/files"):
            self._bytes(b"\x00\x01binary", "application/octet-stream")
        else:
            page = {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "x"}]}
            self._json(page)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("transfer-encoding") == "chunked":
            body = self._read_chunked()
        self._note(body)
        path = self.path.partition("?")[0]
        given: Any = {}
        if (self.headers.get("content-type") or "").startswith("application/json") and body:
            given = json.loads(body)
        model = str(given.get("model", "")) if isinstance(given, dict) else ""
        if self._fault(model):
            return
        if model in self.owner.answers:
            answer = self.owner.answers[model]
            self._json(answer(given) if callable(answer) else answer)
        elif isinstance(given, dict) and given.get("stream"):
            self._stream(self._events(path, model, given), named="/responses" in path)
        elif path.endswith("/cancel"):
            self._json(response("cancelled"))
        elif "/audio/speech" in path:
            self._bytes(b"ID3" + bytes(2_000), "audio/mpeg")
        elif "/chat/completions" in path:
            self._json(completion(**({"n_surprise": {"kept": True}} if model == "unknown-field" else {})))
        elif "/responses" in path:
            background = given.get("background")
            self._json(response("queued" if background else "completed"))
        elif "/embeddings" in path:
            self._embeddings(given)
        elif "/completions" in path:
            choice = {"index": 0, "text": "Once", "finish_reason": "stop", "logprobs": None}
            self._json(
                {
                    "id": "cmpl-1",
                    "object": "text_completion",
                    "created": 1,
                    "model": "served-model",
                    "choices": [choice],
                    "usage": USAGE,
                }
            )
        elif "/moderations" in path:
            self._json({"id": "modr-1", "model": "served-model", "results": [{"flagged": False}]})
        elif "/images" in path:
            self._json({"created": 1, "data": [{"url": "https://example.com/a.png", "revised_prompt": "A circle."}]})
        elif "/audio" in path:
            self._json({"text": "Said words."})
        else:
            self._json({"ok": True, "path": path})

    # Faults

    def _fault(self, model: str) -> bool:
        if model.startswith("status-"):
            status = int(model[len("status-") :])
            error = {"message": "slow down", "type": "requests", "param": "model", "code": "rate_limit_exceeded"}
            self._json({"error": error}, status)
        elif model == "once-503":
            seen = sum(wire.body.find(b"once-503") >= 0 for wire in self.owner.wires)
            if seen > 1:
                return False
            self._json({"error": {"message": "busy"}}, 503, {"retry-after-ms": "5"})
        elif model == "slow":
            self.owner.release.wait(5)
            return False
        elif model == "no-json":
            self._bytes(b"{not json", "application/json")
        elif model == "html":
            self._bytes(b"<!doctype html>\n<title>Sign in</title>", "text/html")
        elif model == "empty":
            self._bytes(b"", "text/plain")
        elif model == "json-as-text":
            self._bytes(json.dumps(completion()).encode(), "text/plain")
        elif model == "gzip":
            self._bytes(
                gzip.compress(json.dumps(completion()).encode()), "application/json", {"content-encoding": "gzip"}
            )
        else:
            return False
        return True

    # Answers

    def _events(self, path: str, model: str, given: dict[str, Any]) -> Iterator[Any]:
        if model in self.owner.events:
            yield from self.owner.events[model]
        elif "/responses" in path:
            yield from self._response_events()
        elif model == "endless":
            yield chunk(choices=[delta(role="assistant")])
            number = 0
            while not self.owner.release.wait(0.01):
                yield chunk(choices=[delta(f" {number}")])
                number += 1
        elif model == "huge":
            for _ in range(500):
                yield chunk(choices=[delta("0123456789abcdef" * 2_500)])
            yield chunk(choices=[delta(finish="stop")])
        else:
            yield chunk(choices=[delta("", role="assistant")])
            if model == "slow-start":
                time.sleep(0.15)
            for word in WORDS:
                yield chunk(choices=[delta(word)])
            yield chunk(choices=[delta(finish="stop")])
            if (given.get("stream_options") or {}).get("include_usage"):
                yield chunk(usage=USAGE)

    def _response_events(self) -> Iterator[Any]:
        number = 0

        def event(kind: str, **parts: Any) -> dict[str, Any]:
            nonlocal number
            number += 1
            return {"type": kind, "sequence_number": number, **parts}

        at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        empty = {"type": "output_text", "text": "", "annotations": []}
        item = response()["output"][0]
        yield event("response.created", response=response("in_progress"))
        yield event("response.output_item.added", output_index=0, item={**item, "content": [], "status": "in_progress"})
        yield event("response.content_part.added", part=empty, **at)
        for word in WORDS:
            yield event("response.output_text.delta", delta=word, logprobs=[], **at)
        yield event("response.output_text.done", text="".join(WORDS), logprobs=[], **at)
        yield event("response.content_part.done", part={**empty, "text": "".join(WORDS)}, **at)
        yield event("response.output_item.done", output_index=0, item=item)
        yield event("response.completed", response=response())

    def _embeddings(self, given: dict[str, Any]) -> None:
        count = len(given["input"]) if isinstance(given.get("input"), list) else 1
        vector: Any = [0.5, 0.25, -1.0, 2.0]
        if given.get("encoding_format") == "base64":
            import base64
            import struct

            vector = base64.b64encode(struct.pack("<4f", *vector)).decode()
        data = [{"object": "embedding", "index": index, "embedding": vector} for index in range(count)]
        usage = {"prompt_tokens": 5, "total_tokens": 5}
        self._json({"object": "list", "model": "served-model", "data": data, "usage": usage})

    def _note(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.owner.lock:
            self.owner.wires.append(Wire(self.command, self.path, headers, body))

    def _read_chunked(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _json(self, value: Any, status: int = 200, headers: Optional[dict[str, str]] = None) -> None:
        self._bytes(json.dumps(value).encode(), "application/json", headers, status)

    def _bytes(self, body: bytes, kind: str, headers: Optional[dict[str, str]] = None, status: int = 200) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "x-request-id": "req_123", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, events: Iterator[Any], named: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("x-request-id", "req_123")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for event in events:
                text = event if isinstance(event, str) else f"data: {json.dumps(event)}"
                head = f"event: {event['type']}\n" if named and isinstance(event, dict) and "type" in event else ""
                self._chunk(f"{head}{text}\n\n".encode())
            if not named:
                self._chunk(b"data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.owner.closed_early.set()
            self.close_connection = True

    def _chunk(self, body: bytes) -> None:
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        self.wfile.flush()
