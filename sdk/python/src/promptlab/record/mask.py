"""Runs the user's mask. Where it fails, the words are replaced: unmasked is the one way a record must never leave."""

from __future__ import annotations

import copy
import inspect
from typing import Any, Callable, Optional

from .._warn import warn_once
from .clean import clean_tags
from .copier import Copier
from .input import to_chat_messages, to_messages

_MASK_FAILED = "[mask failed]"
# Names, times and counts: all that stays of a record whose mask failed.
_WORDLESS = (
    "id endpoint provider model response_model started_at latency_ms ttft_ms status stream finish_reason service_tier "
    "input_tokens output_tokens cached_input_tokens cache_write_tokens reasoning_tokens audio_input_tokens "
    "audio_output_tokens output_images media_seconds cost_usd prompt_slug prompt_version trace_id parent_id name kind environment release "
    "provider_request_id"
).split()
# A mask that puts a text in the place of one of these means to hide it, and the contract takes no text there.
_OBJECTS = ("parameters", "prompt_variables", "tags", "metadata", "error", "sdk")


def apply_mask(record: dict[str, Any], mask: Callable[[Any], Any]) -> Optional[dict[str, Any]]:
    """The masked record, None where the mask drops it, or, where it fails, the record without its words. Never raises."""
    try:
        # A copy, so that a mask that fails halfway leaves the record as it was.
        masked = mask(copy.deepcopy(record))
        if masked is None:
            return None
        if inspect.iscoroutine(masked):
            masked.close()
        fields = Copier(10_000_000).copy(masked) if isinstance(masked, dict) else None
        if fields is not None and _is_record_like(fields, record):
            return _with_note(_to_contract(fields, record), True)
    except BaseException:  # noqa: BLE001 -- its words may be those of the record, so they are not repeated
        pass
    warn_once("mask", "The mask failed, so the words of the record are replaced; a mask returns a record or None.")
    return _without_words(record)


def _is_record_like(masked: Any, record: dict[str, Any]) -> bool:
    """Still what it was: the server takes no log without a model, and no step without a name."""
    if not isinstance(masked, dict):
        return False
    names = ("model", "provider") if "messages" in record else ("name", "trace_id")
    return all(isinstance(masked.get(name), str) for name in names) and (
        "messages" in masked or "messages" not in record
    )


def _to_contract(masked: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """What the server would refuse is brought into shape, or left out: better than to lose the record."""
    # A mask cannot change the id: retries and links depend on it.
    fields = {**masked, "id": record["id"]}
    for name in _OBJECTS:
        if name in fields and not isinstance(fields[name], dict):
            del fields[name]
    if "tags" in fields:
        fields["tags"] = clean_tags(fields["tags"])
    if "messages" in record:
        given = masked["messages"]
        fields["messages"] = to_chat_messages(given, Copier()) if _is_chat(record) else to_messages(given)
    return fields


def _without_words(record: dict[str, Any]) -> dict[str, Any]:
    fields = {name: record[name] for name in _WORDLESS if name in record}
    if "messages" in record:
        fields["messages"] = to_chat_messages(_MASK_FAILED, Copier()) if _is_chat(record) else _MASK_FAILED
        fields.update((name, _MASK_FAILED) for name in ("response", "response_content") if name in record)
    fields.update((name, _MASK_FAILED) for name in ("input", "output") if name in record)
    if record.get("error"):
        error = record["error"]
        fields["error"] = {name: error[name] for name in ("type", "code", "http_status") if name in error}
        fields["error"]["message"] = _MASK_FAILED
    return _with_note(fields, "failed")


def _is_chat(record: dict[str, Any]) -> bool:
    """A log without an endpoint counts as a chat."""
    return record.get("endpoint") in (None, "chat.completions")


def _with_note(fields: dict[str, Any], masked: Any) -> dict[str, Any]:
    return {**fields, "metadata": {**(fields.get("metadata") or {}), "masked": masked}}
