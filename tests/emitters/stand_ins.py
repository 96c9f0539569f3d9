"""Stand-ins for Anthropic, Gemini and Bedrock on one port: the answers of `collect.py` in the form of each."""

from __future__ import annotations

import json
import re
import struct
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Iterator
from urllib.parse import unquote

SUNNY = "It is sunny in Paris, 24 degrees."
WORDS = ("It is sunny", " in Paris,", " 24 degrees.")
ARGUMENTS = {"city": "Paris"}
# 120 tokens were sent, of which 40 came from a cache and 20 went into it; 30 came back, of which 10 were thoughts.
ANTHROPIC_USAGE = {"input_tokens": 60, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 40, "output_tokens": 30}
GEMINI_USAGE = {
    "promptTokenCount": 120,
    "cachedContentTokenCount": 40,
    "candidatesTokenCount": 20,
    "thoughtsTokenCount": 10,
    "totalTokenCount": 150,
}
BEDROCK_USAGE = {
    "inputTokens": 60,
    "cacheWriteInputTokens": 20,
    "cacheReadInputTokens": 40,
    "outputTokens": 30,
    "totalTokens": 150,
}


class StandIns:
    """`url`: where all of them listen."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        path = unquote(self.path.partition("?")[0])
        if path == "/v1/messages":
            self._anthropic(given)
        elif gemini := re.match(r"/v1(?:beta\d*)?/models/([^:]+):(\w+)$", path):
            self._gemini(given, gemini[1], gemini[2])
        elif bedrock := re.match(r"/model/(.+)/([\w-]+)$", path):
            self._bedrock(given, bedrock[1], bedrock[2])
        else:
            self._json({"error": {"message": f"nothing at {path}"}}, 404)

    def _anthropic(self, given: dict[str, Any]) -> None:
        if given["model"] == "status-429":
            error = {"type": "rate_limit_error", "message": "slow down"}
            self._json({"type": "error", "error": error, "request_id": "req_1"}, 429)
        elif given.get("stream"):
            self._events(anthropic_events())
        else:
            self._json(anthropic_answer(given))

    def _gemini(self, given: dict[str, Any], model: str, method: str) -> None:
        if model == "status-429":
            self._json({"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}, 429)
        elif method == "streamGenerateContent":
            self._events(gemini_events())
        elif method in ("embedContent", "batchEmbedContents"):
            self._json({"embeddings": [{"values": [0.5, 0.25, -1.0]}]})
        else:
            self._json(gemini_answer(given))

    def _bedrock(self, given: dict[str, Any], model: str, method: str) -> None:
        if model == "status-429":
            self._json({"message": "slow down"}, 429, {"x-amzn-errortype": "ThrottlingException"})
        elif method == "converse":
            self._json(converse_answer(given))
        elif method == "converse-stream":
            self._bytes(b"".join(converse_events()), "application/vnd.amazon.eventstream")
        else:
            counts = {
                "x-amzn-bedrock-input-token-count": "60",
                "x-amzn-bedrock-output-token-count": "30",
                "x-amzn-bedrock-cache-read-input-token-count": "40",
                "x-amzn-bedrock-cache-write-input-token-count": "20",
            }
            self._json(anthropic_answer(given), 200, counts)

    def _json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._bytes(json.dumps(value).encode(), "application/json", status, headers)

    def _events(self, events: Iterator[dict[str, Any]]) -> None:
        """Server-sent events; those of Anthropic have a name."""
        lines = []
        for event in events:
            name = f"event: {event['type']}\n" if "type" in event else ""
            lines.append(f"{name}data: {json.dumps(event)}\n\n")
        self._bytes("".join(lines).encode(), "text/event-stream")

    def _bytes(self, body: bytes, kind: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "request-id": "req_1", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _mentions(messages: Any, *names: str) -> bool:
    """Whether a part of a message is the result of a tool."""
    return any(f'"{name}"' in json.dumps(messages) for name in names)


# Anthropic


def anthropic_answer(given: dict[str, Any]) -> dict[str, Any]:
    """A call of the tool, where tools are offered and none has answered yet; else words."""
    calls = bool(given.get("tools")) and not _mentions(given["messages"], "tool_result")
    call = {"type": "tool_use", "id": "call_weather", "name": "get_weather", "input": ARGUMENTS}
    return {
        "id": "msg_tool" if calls else "msg_text",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
        "content": [call] if calls else [{"type": "text", "text": SUNNY}],
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": ANTHROPIC_USAGE,
    }


def anthropic_events() -> Iterator[dict[str, Any]]:
    """The same words in pieces; what was sent is counted at the start, what came back at the end."""
    started = {**anthropic_answer({}), "id": "msg_stream", "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": {**started, "usage": {**ANTHROPIC_USAGE, "output_tokens": 1}}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for word in WORDS:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
    yield {"type": "content_block_stop", "index": 0}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 30}}
    yield {"type": "message_stop"}


# Gemini


def gemini_answer(given: dict[str, Any]) -> dict[str, Any]:
    """As `anthropic_answer`."""
    calls = bool(given.get("tools")) and not _mentions(given["contents"], "functionResponse")
    call = {"functionCall": {"id": "call_weather", "name": "get_weather", "args": ARGUMENTS}}
    return _gemini_piece([call] if calls else [{"text": SUNNY}], "tool" if calls else "text", "STOP")


def _gemini_piece(parts: list[Any], name: str, finish: str | None) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
    ended = {"finishReason": finish} if finish else {}
    return {
        "candidates": [{**candidate, **ended}],
        "usageMetadata": GEMINI_USAGE,
        "modelVersion": "gemini-2.5-flash-001",
        "responseId": f"gemini-{name}",
    }


def gemini_events() -> Iterator[dict[str, Any]]:
    """The same words in pieces."""
    for word in WORDS[:-1]:
        yield _gemini_piece([{"text": word}], "stream", None)
    yield _gemini_piece([{"text": WORDS[-1]}], "stream", "STOP")


# Bedrock


def converse_answer(given: dict[str, Any]) -> dict[str, Any]:
    """As `anthropic_answer`."""
    calls = bool(given.get("toolConfig")) and not _mentions(given["messages"], "toolResult")
    call = {"toolUse": {"toolUseId": "call_weather", "name": "get_weather", "input": ARGUMENTS}}
    return {
        "output": {"message": {"role": "assistant", "content": [call] if calls else [{"text": SUNNY}]}},
        "stopReason": "tool_use" if calls else "end_turn",
        "usage": BEDROCK_USAGE,
        "metrics": {"latencyMs": 250},
    }


def converse_events() -> Iterator[bytes]:
    """The same words in pieces, in the binary form of AWS's event streams."""
    yield _aws_event("messageStart", {"role": "assistant"})
    for word in WORDS:
        yield _aws_event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": word}})
    yield _aws_event("contentBlockStop", {"contentBlockIndex": 0})
    yield _aws_event("messageStop", {"stopReason": "end_turn"})
    yield _aws_event("metadata", {"usage": BEDROCK_USAGE, "metrics": {"latencyMs": 250}})


def _aws_event(name: str, payload: dict[str, Any]) -> bytes:
    """Length of all and of the headers with their checksum, headers, payload, checksum of all."""
    named = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack("!B", len(key)) + key.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for key, value in named.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", len(headers) + len(body) + 16, len(headers))
    whole = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + body
    return whole + struct.pack("!I", zlib.crc32(whole))
