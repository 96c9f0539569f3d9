"""Long base64 (pictures, audio, files) becomes a short placeholder: it would fill the store and says nothing to a reader."""

from __future__ import annotations

import hashlib
import re

_MIN_DATA_URL = 256
_MIN_BARE = 1_024
_STRIDE = _MIN_BARE // 2
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,([A-Za-z0-9+/_=-]{200,})", re.ASCII)
_BASE64_ONLY = re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z")
_NOT_IN_RUN = re.compile(r"[^\w+/\\\r\n-]", re.ASCII)
_NOT_IN_SAMPLE = re.compile(r"[^\w+/=\\\s-]| ", re.ASCII)
# As mail has them; a JSON text spells them out.
_LINE_BREAK = re.compile(r"\\r\\n|\r\n|\\n|\n")
_MARK = b";base64,"
# In bytes; below, the JSON parser is as quick as the search.
_MIN_CUT = 4_096


def replace_base64(text: str) -> str:
    """The text with data URLs and long base64 values replaced."""
    if len(text) < _MIN_DATA_URL:
        return text
    rest = text
    if ";base64," in text:
        rest = _DATA_URL.sub(lambda found: _describe(found.group(1) or "text/plain", found.group(2)), text)
    if len(rest) < _MIN_BARE:
        return rest
    return _describe("data", rest) if _is_base64(rest) else _replace_runs(rest)


def cut_data_urls(body: bytes) -> bytes:
    """JSON without the data URLs that fill a whole string, so that a parser never sees megabytes of them."""
    at = body.find(_MARK)
    if at < 0 or len(body) < _MIN_CUT:
        return body
    pieces: list[bytes] = []
    copied = 0
    while at >= 0:
        end = body.find(b'"', at)
        start = body.rfind(b'"data:', copied, at)
        if end < 0:
            break
        data = at + len(_MARK)
        if start >= 0 and at - start < 200 and end - data >= _MIN_CUT and b"\\" not in body[data : data + 1_000]:
            media_type = body[start + 6 : at].split(b";")[0].decode("ascii", "replace") or "text/plain"
            pieces += (body[copied : start + 1], _describe_bytes(media_type, body[data:end]).encode())
            copied = end
        at = body.find(_MARK, end)
    return b"".join((*pieces, body[copied:])) if pieces else body


def _replace_runs(text: str) -> str:
    """Looks at every 512th character, and how far it is from there to the end of the word: in ordinary text, never far."""
    pieces: list[str] = []
    copied = seen = 0
    for at in range(0, len(text), _STRIDE):
        if at < seen or " " in text[at : at + _STRIDE]:
            continue
        found = _NOT_IN_RUN.search(text, at)
        end = found.start() if found else len(text)
        if end - at < _STRIDE:
            continue
        start = at
        while start > seen and not _NOT_IN_RUN.match(text[start - 1]):
            start -= 1
        seen = end
        if end - start < _MIN_BARE or not _is_base64(text[start:end]):
            continue
        while seen < end + 2 and text[seen : seen + 1] == "=":
            seen += 1
        pieces += (text[copied:start], _describe("data", text[start:seen]))
        copied = seen
    return "".join((*pieces, text[copied:])) if pieces else text


def _describe(media_type: str, lines: str) -> str:
    return _describe_bytes(media_type, _LINE_BREAK.sub("", lines).encode("ascii", "replace"))


def _describe_bytes(media_type: str, data: bytes) -> str:
    """Such as `[base64 image/png, 12345 bytes, hash 1f2e…]`."""
    padding = 2 if data.endswith(b"==") else 1 if data.endswith(b"=") else 0
    return f"[base64 {media_type}, {len(data) * 3 // 4 - padding} bytes, hash {hashlib.sha256(data).hexdigest()[:16]}]"


def _is_base64(text: str) -> bool:
    """Judged by its beginning, middle and end, so that a book without spaces costs nothing and stays a text."""
    middle = len(text) // 2
    sample = text[:300] + text[middle : middle + 100] + text[-100:]
    if _NOT_IN_SAMPLE.search(sample):
        return False
    lines = _LINE_BREAK.split(sample)
    if len(lines) > 12 or not _BASE64_ONLY.match("".join(lines)):
        return False
    kinds = (re.search(kind, sample) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return all(kinds) and len(set(sample)) >= 20
