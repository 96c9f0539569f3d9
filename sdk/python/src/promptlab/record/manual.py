"""A record that is logged by hand: every kind of value, the blanks filled in."""

from __future__ import annotations

import datetime
import time
from typing import Any, Mapping

from .._options import Settings
from .copier import Copier
from .credentials import hide_credentials
from .error import CallError
from .manual_fields import fit_fields, read_instant
from .to_log import to_instant

_INPUT_FIELDS = ("parameters", "tools", "prompt_variables")
_OUTPUT_FIELDS = ("response", "response_content")
_MILLISECOND = datetime.timedelta(milliseconds=1)
_DURATIONS = {
    "latency_ms": _MILLISECOND,
    "ttft_ms": _MILLISECOND,
    "media_seconds": datetime.timedelta(seconds=1),
}


def to_manual_log(given: Any, record_id: str, settings: Settings, sdk: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The record, and its rough size in bytes."""
    copier = Copier(settings.field_bytes)
    copy = copier.copy(given)
    log: dict[str, Any] = copy if isinstance(copy, dict) else {}
    log = {name: value for name, value in log.items() if value is not None}
    # As they were given: their texts have less in them.
    if isinstance(given, Mapping):
        log.update(_read_objects(given))
    # What stays in the process does so however it is logged.
    if not settings.capture_input:
        log["messages"] = []
        for name in _INPUT_FIELDS:
            log.pop(name, None)
    if not settings.capture_output:
        for name in _OUTPUT_FIELDS:
            log.pop(name, None)
    fit_fields(log, copier)
    log.setdefault("id", record_id)
    if "started_at" not in log:
        took_ms = min(log.get("latency_ms", 0), 1e10)
        log["started_at"] = to_instant(time.time_ns() - int(took_ms * 1_000_000))
    log.setdefault("sdk", dict(sdk))
    for name in ("environment", "release"):
        value = getattr(settings, name)
        if value is not None:
            log.setdefault(name, value)
    tags = {**settings.tags, **log.pop("tags", {})}
    if tags:
        log["tags"] = tags
    if copier.is_truncated:
        log["metadata"] = {**(log.get("metadata") or {}), "truncated": True}
    hide_credentials(log)
    # With what Python itself needs for the objects of a record.
    return log, copier.size + 2_000


def _read_objects(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that were given as objects of Python: a date, a duration, an exception."""
    read: dict[str, Any] = {"started_at": read_instant(given.get("started_at"))}
    for name, unit in _DURATIONS.items():
        if isinstance(given.get(name), datetime.timedelta):
            read[name] = given[name] / unit
    if isinstance(given.get("error"), BaseException):
        read["error"] = CallError(given["error"]).to_json(())
    return {name: value for name, value in read.items() if value is not None}
