"""Brings the fields of a log that was written by hand into the shape of the contract: an odd value is put in words or left
out, and never costs the record."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any, Callable, Mapping, Optional

from .clean import clean_count, clean_identifier, clean_tags, is_number, text_of
from .copier import Copier
from .input import to_chat_messages, to_messages
from .to_log import to_instant

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_STATUSES = frozenset(("success", "error", "aborted", "incomplete"))
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)\Z")
# Above the first a moment is in milliseconds, above the next in microseconds, then in nanoseconds: all mean this century.
_UNITS = ((1e17, 1), (1e14, 1_000), (1e11, 1_000_000), (0, 1_000_000_000))
_MOST_DOLLARS = 1_000_000


def fit_fields(log: dict[str, Any], copier: Copier) -> None:
    """Changes a log that is ours alone. What cannot be read as its field is kept below `metadata`."""
    odd: dict[str, Any] = {}
    for name, fit in _FITS.items():
        given = log.get(name)
        if given is None:
            continue
        fitting = fit(given)
        if fitting is None:
            del log[name]
            if given != "":
                odd[name] = given
        else:
            log[name] = fitting
    for name in ("model", "provider"):
        log[name] = _identifier(log.get(name)) or "unknown"
    if "response_content" in log and not isinstance(log["response_content"], str):
        log.setdefault("response", log["response_content"])
        del log["response_content"]
    metadata = log.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        metadata = {"value": metadata}
    if odd or metadata is not None:
        log["metadata"] = {**odd, **(metadata or {})}
    is_chat = log.get("endpoint") in (None, "chat.completions")
    given = log.get("messages")
    log["messages"] = to_chat_messages(_as_messages(given), copier) if is_chat else to_messages(given)


def read_instant(value: Any) -> Optional[str]:
    """A moment in any of its forms: a date, a number since 1970 in seconds or a part of them, a text. None: it is none."""
    try:
        if is_number(value):
            factor = next(factor for least, factor in _UNITS if abs(value) >= least)
            value = to_instant(int(value * factor))
        if isinstance(value, str):
            if _ZONED.match(value):
                return value
            # Before 3.11 the parser knows no Z.
            text = value.strip()
            value = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in ("Z", "z") else text)
            if len(text) == len("2026-01-31"):
                value = value.replace(tzinfo=datetime.timezone.utc)
        elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.timezone.utc)
        if isinstance(value, datetime.datetime):
            # Without a zone it is that of this machine.
            value = to_instant(int(value.timestamp() * 1_000) * 1_000_000)
    except (ValueError, OverflowError, OSError, StopIteration):
        return None
    return value if isinstance(value, str) and _ZONED.match(value) else None


def _identifier(value: Any) -> Optional[str]:
    if isinstance(value, bool):
        return str(value).lower()
    return clean_identifier(int(value) if isinstance(value, float) and value.is_integer() else value)


def _number(value: Any) -> Optional[float]:
    """Also of a text that is one. None where it is not finite."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return value if is_number(value) and abs(value) < float("inf") else None


def _count(value: Any) -> Optional[int]:
    return clean_count(_number(value))


def _duration(value: Any) -> Optional[float]:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _dollars(value: Any) -> Any:
    amount = _number(value)
    if amount is None or not 0 <= amount <= _MOST_DOLLARS:
        return None
    if isinstance(value, str) and not value.replace(".", "", 1).isdecimal():
        # Such as 1E-7, which is no decimal number on the wire.
        return amount
    return value


def _record_id(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and _UUID.match(value) else None


def _flag(value: Any) -> Optional[bool]:
    return value if isinstance(value, bool) else None


def _object(value: Any) -> Optional[dict[str, Any]]:
    return value if isinstance(value, dict) else None


def _status(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and value in _STATUSES else None


def _error(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"message": _text(value)}
    error = {name: member for name, member in value.items() if member is not None}
    for name in ("type", "code", "message", "param"):
        if name in error and not is_number(error[name]):
            error[name] = _text(error[name])
    status = clean_count(_number(error.pop("http_status", None)))
    return {**error, **({"http_status": status} if status is not None and status <= 999 else {})}


def _text(value: Any) -> str:
    return text_of(value) or json.dumps(value, ensure_ascii=False)


def _tags(value: Any) -> dict[str, str]:
    """A list of tags has names only."""
    if isinstance(value, Mapping):
        return clean_tags(value)
    tags: dict[str, str] = {}
    for one in value if isinstance(value, list) else [value]:
        tags.update(clean_tags(one if isinstance(one, dict) else {one if isinstance(one, str) else _text(one): "true"}))
    return clean_tags(tags)


def _as_messages(given: Any) -> Any:
    """A prompt that is one text is what the user said."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    return [given] if isinstance(given, dict) else given


_FITS: dict[str, Callable[[Any], Any]] = {
    "id": _record_id,
    **dict.fromkeys(("latency_ms", "ttft_ms", "media_seconds"), _duration),
    **dict.fromkeys(
        (
            "input_tokens output_tokens cached_input_tokens cache_write_tokens reasoning_tokens audio_input_tokens "
            "audio_output_tokens output_images"
        ).split(),
        _count,
    ),
    **dict.fromkeys(("parameters", "prompt_variables", "sdk"), _object),
    **dict.fromkeys(
        (
            "prompt_slug prompt_version trace_id parent_id name user_id session_id environment release endpoint "
            "response_model finish_reason service_tier provider_request_id"
        ).split(),
        _identifier,
    ),
    "cost_usd": _dollars,
    "error": _error,
    "started_at": read_instant,
    "status": _status,
    "stream": _flag,
    "tags": _tags,
}
