"""The facts of one call as a record of the wire contract."""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING, Any, Mapping, Optional

from .assemble import Fold, read_events
from .base64 import cut_data_urls
from .clean import clean_identifier, clean_tags
from .copier import Copier
from .credentials import hide_credentials
from .error import read_error_body
from .input import CallInput, primitive_of
from .output import CallOutput

if TYPE_CHECKING:
    from .._call import Call

_OPEN = frozenset(("queued", "in_progress"))
_TEXTUAL = re.compile(r"\bjson\b|text/html")


class ReadCall:
    """One call with its answer parsed, before it becomes a record."""

    __slots__ = ("answer", "call", "fold", "is_complete")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.fold: Optional[Fold] = None
        self.answer: Any = call.answer
        self.is_complete = False
        self._read()

    def _read(self) -> None:
        call = self.call
        body = call.response_content
        if call.raw_pieces:
            body = b"".join(call.raw_pieces)
        is_events = (call.content_type or "").startswith("text/event-stream")
        if body is not None and not is_events:
            self.answer = parse_body(body, call.content_type)
            return
        fold = call.take_fold()
        if body is not None and fold is not None:
            read_events(body, fold)
        if fold is not None and (call.first_chunk_ms is not None or body is not None):
            self.fold = fold
            self.answer = fold.assembler.result()
            self.is_complete = fold.assembler.is_complete

    @property
    def open_id(self) -> Optional[str]:
        """The id of a background response that is still being made."""
        answer = self.answer
        if not isinstance(answer, dict) or answer.get("status") not in _OPEN:
            return None
        found = answer.get("id")
        return found if isinstance(found, str) else None


def parse_body(body: bytes, content_type: Optional[str]) -> Any:
    """JSON where it is that, else its text; None where it is neither."""
    try:
        return json.loads(cut_data_urls(body))
    except (ValueError, RecursionError):
        pass
    kind = (content_type or "").partition(";")[0].strip()
    if kind.startswith("text/") or kind in ("", "application/json", "application/x-subrip"):
        return body.decode("utf-8", "replace")
    return None


def to_log(read: ReadCall, *, notes: Optional[Mapping[str, Any]] = None) -> dict[str, Any]:
    """The record of a call that has ended. `notes`: facts of its end that have no field of their own."""
    call = read.call
    core = call.core
    settings = core.settings
    secrets = core.secrets()
    extras = core.extras_of(call)
    span = call.ambient.span if call.ambient else None
    fields: Mapping[str, Any] = span.fields if span else {}
    copier = Copier(settings.field_bytes)
    body = _read_request(call)
    given = CallInput(
        call.endpoint, body, copier, capture=settings.capture_input, variables=extras.variables,
        metadata=[fields.get("metadata"), extras.metadata],
    )  # fmt: skip
    output = None
    if read.answer is not None or call.error is None:
        output = CallOutput(
            call.endpoint, read.answer, secrets, capture=settings.capture_output,
            keep_vectors=settings.capture_embeddings, field_length=settings.field_bytes,
            values_left=max(0, copier.values_left),
        )  # fmt: skip
    status, error = _end_of(read, output, secrets)
    is_in_step = span is not None and extras.trace_id in (None, span.trace_id)
    log: dict[str, Any] = {
        "id": call.text_id(),
        "endpoint": call.endpoint.name,
        "provider": call.provider.name,
        "model": clean_identifier(primitive_of(given.model)) or (output.model if output else None) or "unknown",
        "messages": given.messages,
        "started_at": to_instant(call.stamp[0]),
        "status": status,
        "stream": given.is_stream,
        "sdk": core.sdk,
        "response_model": output.model if output else None,
        "response": _response_of(call, output),
        "response_content": output.content if output else None,
        "finish_reason": output.finish_reason if output else None,
        "service_tier": output.service_tier if output else None,
        "error": error,
        "latency_ms": _round(_latency_of(read, notes)),
        "ttft_ms": _round(call.ttft_ms),
        **(output.counts if output else {}),
        "cost_usd": output.cost if output else None,
        "parameters": given.parameters,
        "tools": given.tools,
        "prompt_slug": extras.prompt_slug,
        "prompt_version": extras.prompt_version,
        "prompt_variables": given.variables,
        "trace_id": extras.trace_id or (span.trace_id if span else None),
        "parent_id": extras.parent_id or (span.span_id if span is not None and is_in_step else None),
        "name": extras.name,
        "tags": {**settings.tags, **clean_tags(fields.get("tags") or {}), **(extras.tags or {})} or None,
        "user_id": extras.user_id or clean_identifier(fields.get("user_id")) or clean_identifier(given.user),
        "session_id": extras.session_id or clean_identifier(fields.get("session_id")),
        "environment": settings.environment,
        "release": settings.release,
        "provider_request_id": clean_identifier(call.headers) or (call.error.request_id if call.error else None),
    }
    is_truncated = copier.is_truncated or (output is not None and output.is_truncated) or call.raw_reading == "cut"
    is_truncated = is_truncated or (read.fold is not None and read.fold.assembler.budget.is_truncated)
    log["metadata"] = {**_own_metadata(call, output, notes, is_truncated), **(given.metadata or {})}
    hide_credentials(log)
    return {name: value for name, value in log.items() if value is not None}


def _read_request(call: Call) -> dict[str, Any]:
    """What went out, from its bytes; where there are none (an upload), from what the library was about to send."""
    body: dict[str, Any] = {}
    try:
        sent = json.loads(cut_data_urls(call.request_content)) if call.request_content else None
        body = sent if isinstance(sent, dict) else {}
    except (ValueError, RecursionError):
        pass
    if isinstance(call.files, dict):
        body = {**body, **call.files}
    if call.hides_usage:
        # Asked for by us, and no word of the caller's.
        body.pop("stream_options", None)
    return body


def describe_files(files: Any) -> dict[str, Any]:
    """Name and size of what is uploaded; nothing is read."""
    described: dict[str, Any] = {}
    pairs = files.items() if isinstance(files, Mapping) else files if isinstance(files, (list, tuple)) else ()
    for name, value in pairs:
        text = _describe_file(value)
        name = str(name)
        if name.endswith("[]"):
            described.setdefault(name[:-2], []).append(text)
        else:
            described[name] = text
    return described


def _describe_file(value: Any) -> str:
    file_name, content = None, value
    if isinstance(value, tuple) and len(value) >= 2:
        file_name, content = value[0], value[1]
    if isinstance(content, (bytes, bytearray)):
        size: Any = len(content)
    else:
        file_name = file_name or getattr(content, "name", None)
        size = _size_of(content)
    name = str(file_name).replace("\\", "/").rpartition("/")[2] if file_name else ""
    return f"[File{' ' + name if name else ''}{f' {size} bytes' if size is not None else ''}]"


def _size_of(content: Any) -> Optional[int]:
    """The size of a file in bytes, found without moving its position; None where it cannot be."""
    buffer = getattr(content, "getbuffer", None)
    try:
        if buffer is not None:
            return int(buffer().nbytes)
        import os

        return os.fstat(content.fileno()).st_size
    except Exception:  # noqa: BLE001 -- not a file that has a size
        return None


def _end_of(read: ReadCall, output: Optional[CallOutput], secrets: Any) -> tuple[str, Any]:
    call = read.call
    if call.error is not None:
        return ("aborted" if call.error.is_aborted else "error"), call.error.to_json(secrets)
    if call.status_code is not None and call.status_code >= 400:
        return "error", {"type": "APIStatusError", "http_status": call.status_code}
    sent_error = read.fold.assembler.error if read.fold is not None else None
    if sent_error is not None:
        return "error", read_error_body(sent_error, secrets, "APIError")
    status = output.status if output else "success"
    if output is not None and output.error is not None:
        return status, output.error
    if call.is_streamed or read.fold is not None:
        if not read.is_complete:
            status = "incomplete" if call.ended_by == "end" else "aborted"
    elif call.ended_by == "closed" and call.raw_reading in ("read", "cut"):
        status = "aborted"
    elif call.endpoint.kind == "speech" and _TEXTUAL.search(call.content_type or ""):
        # A text where sound was asked for: its body is the caller's to read.
        status = "incomplete"
    return status, None


def _latency_of(read: ReadCall, notes: Optional[Mapping[str, Any]]) -> Optional[float]:
    """The latency of a background response by the provider's clock: the time between two polls is not the model's."""
    if not notes or "background" not in notes:
        return read.call.latency_ms
    answer = read.answer if isinstance(read.answer, dict) else {}
    created, completed = answer.get("created_at"), answer.get("completed_at")
    if notes["background"] is True and isinstance(created, (int, float)) and isinstance(completed, (int, float)):
        return (completed - created) * 1_000 if completed >= created else None
    return None


def _response_of(call: Call, output: Optional[CallOutput]) -> Any:
    if call.endpoint.kind == "speech" and call.error is None and call.core.settings.capture_output:
        return {"content_type": call.content_type, "content_length": call.content_length}
    return output.response if output else None


def _own_metadata(
    call: Call, output: Optional[CallOutput], notes: Optional[Mapping[str, Any]], is_truncated: bool
) -> dict[str, Any]:
    """What has no field of its own. The caller's metadata wins where names meet."""
    settings = call.core.settings
    first_chunk_ms = _round(call.first_chunk_ms)
    found = {
        **(notes or {}),
        "time_to_first_chunk_ms": first_chunk_ms,
        "attempts": call.retries + 1 if call.retries else None,
        "raw_response": call.raw_reading,
        "usage": output.raw_usage if output else None,
        "provider_host": call.provider.host,
        "error_class": call.error.error_class if call.error else None,
        "http_status": call.status_code
        if call.status_code is not None
        else (call.error.http_status if call.error else None),
        "retried": True if call.retries else None,
        "abandoned": True if call.ended_by == "dropped" else None,
        "truncated": True if is_truncated else None,
        "sample_rate": settings.sample_rate if settings.sample_rate < 1 else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def to_instant(time_ns: int) -> str:
    """ISO-8601 in UTC, with microseconds."""
    moment = datetime.datetime.fromtimestamp(time_ns // 1_000_000_000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ns % 1_000_000_000 // 1_000_000:03d}Z"


def _round(milliseconds: Optional[float]) -> Optional[float]:
    return None if milliseconds is None else max(0.0, round(milliseconds, 3))
