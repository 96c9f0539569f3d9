"""From a record to the bytes that are sent: masked, then cut to size."""

from __future__ import annotations

import json
from typing import Any, Callable, Optional

from .mask import apply_mask
from .shrink import shrink_record

_MAX_ROUNDS = 8
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str, check_circular=False).encode
_dumps_ascii = json.JSONEncoder(separators=(",", ":"), default=str).encode


def encode_record(record: dict[str, Any], mask: Optional[Callable[[Any], Any]], max_bytes: int) -> Optional[bytes]:
    """None where the mask drops it."""
    masked = apply_mask(record, mask) if mask is not None else record
    return None if masked is None else encode_fitting(masked, max_bytes)


def encode_fitting(record: dict[str, Any], max_bytes: int) -> bytes:
    """A record over the limit is shrunk, by what is largest in it."""
    body = to_bytes(record)
    for _ in range(_MAX_ROUNDS):
        if len(body) <= max_bytes:
            break
        record = shrink_record(record, len(body), max_bytes)
        body = to_bytes(record)
    return body


def shrink_encoded(body: bytes) -> bytes:
    """After the server called a single record too large: half of it."""
    return encode_fitting(json.loads(body), len(body) // 2)


def to_bytes(value: Any) -> bytes:
    """JSON in UTF-8. Half characters, which UTF-8 cannot say, are spelled out."""
    try:
        return _dumps(value).encode()
    except UnicodeEncodeError:
        return _dumps_ascii(value).encode()
