"""A record that is logged by hand: every kind of value, the blanks filled in."""

from __future__ import annotations

import datetime
import time
from typing import Any, Mapping

from .._options import Settings
from .clean import clean_count, clean_tags, is_number
from .copier import Copier
from .credentials import hide_credentials
from .input import to_chat_messages, to_messages
from .to_log import to_instant

_INPUT_FIELDS = ("parameters", "tools", "prompt_variables")
_OUTPUT_FIELDS = ("response", "response_content")
_OBJECTS = ("parameters", "prompt_variables", "metadata", "error", "sdk")
_COUNTS = (
    "input_tokens output_tokens cached_input_tokens cache_write_tokens reasoning_tokens audio_input_tokens "
    "audio_output_tokens output_images"
).split()


def to_manual_log(given: Any, record_id: str, settings: Settings, sdk: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The record, and its rough size in bytes."""
    copier = Copier(settings.field_bytes)
    times = {"started_at": given.get("started_at")} if isinstance(given, Mapping) else {}
    copy = copier.copy(given)
    log: dict[str, Any] = dict(copy) if isinstance(copy, dict) else {}
    log = {name: value for name, value in log.items() if value is not None}
    # What stays in the process does so however it is logged.
    if not settings.capture_input:
        log["messages"] = []
        for name in _INPUT_FIELDS:
            log.pop(name, None)
    if not settings.capture_output:
        for name in _OUTPUT_FIELDS:
            log.pop(name, None)
    log.setdefault("id", record_id)
    _fit_times(log, times.get("started_at"))
    _fit_values(log, copier)
    log.setdefault("sdk", dict(sdk))
    for name in ("environment", "release"):
        value = getattr(settings, name)
        if value is not None:
            log.setdefault(name, value)
    tags = {**settings.tags, **_read_tags(log.pop("tags", None))}
    if tags:
        log["tags"] = tags
    if copier.is_truncated:
        log["metadata"] = {**(log.get("metadata") or {}), "truncated": True}
    hide_credentials(log)
    # With what Python itself needs for the objects of a record.
    return log, copier.size + 2_000


def _fit_times(log: dict[str, Any], started: Any) -> None:
    """A moment in any of its forms: a date, seconds or milliseconds since 1970, a text."""
    if isinstance(started, datetime.datetime):
        moment = started if started.tzinfo else started.astimezone()
        log["started_at"] = to_instant(int(moment.timestamp() * 1_000) * 1_000_000)
    elif is_number(started):
        # Later than the year 5138 in seconds, so these are milliseconds.
        milliseconds = started if abs(started) > 1e11 else started * 1_000
        log["started_at"] = to_instant(int(milliseconds) * 1_000_000)
    elif "started_at" not in log:
        latency_ms = log.get("latency_ms")
        took_ms = latency_ms if is_number(latency_ms) and 0 <= latency_ms < 1e10 else 0
        log["started_at"] = to_instant(time.time_ns() - int(took_ms * 1_000_000))


def _fit_values(log: dict[str, Any], copier: Copier) -> None:
    """What the server would refuse is put in words or left out, and kept below `metadata`: better than to lose the record."""
    odd: dict[str, Any] = {}
    for name in _OBJECTS:
        if name in log and not isinstance(log[name], dict):
            odd[name] = log.pop(name)
    for name in _COUNTS:
        if name in log and clean_count(log[name]) is None:
            odd[name] = log.pop(name)
    seconds = log.get("media_seconds", 0)
    if not is_number(seconds) or not 0 <= seconds < float("inf"):
        odd["media_seconds"] = log.pop("media_seconds")
    if "response_content" in log and not isinstance(log["response_content"], str):
        log.setdefault("response", log["response_content"])
        del log["response_content"]
    if odd:
        metadata = odd.pop("metadata", None)
        log["metadata"] = {
            **({"value": metadata} if metadata is not None else {}),
            **odd,
            **(log.get("metadata") or {}),
        }
    if "messages" in log:
        is_chat = log.get("endpoint") in (None, "chat.completions")
        given = log["messages"]
        if is_chat and isinstance(given, str):
            log["messages"] = [{"role": "user", "content": given}]
        else:
            log["messages"] = to_chat_messages(given, copier) if is_chat else to_messages(given)


def _read_tags(tags: Any) -> dict[str, str]:
    if isinstance(tags, dict):
        return clean_tags(tags)
    if isinstance(tags, list):
        return clean_tags({tag: "true" for tag in tags if isinstance(tag, str)})
    return {}
