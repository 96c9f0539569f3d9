"""What a call sent, sorted into the fields of a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional

from .clean import count_left_out, is_number
from .copier import Copier

if TYPE_CHECKING:
    from .._endpoints import Endpoint

# Values that only the input itself may use.
_INPUT_RESERVE = 5_000
# `user` and `metadata` are parameters too: the call cannot be made again without them, and the record may get others.
_OWN_FIELDS = frozenset(("model", "stream", "tools", "functions"))


class CallInput:
    """What is known of the request. `metadata`: that of the trace, of the parameters and of the extras."""

    __slots__ = ("is_stream", "messages", "metadata", "model", "parameters", "tools", "user", "variables")

    def __init__(
        self,
        endpoint: Endpoint,
        body: dict[str, Any],
        copier: Copier,
        *,
        capture: bool,
        variables: Any,
        metadata: list[Any],
    ) -> None:
        # What is small first: of the rest, nobody misses the last of 90,000 values.
        copier.values_left -= _INPUT_RESERVE
        first, last = metadata
        self.metadata = _merge_metadata(copier, [first, body.get("metadata") if capture else None, last])
        tools = body.get("tools")
        self.tools = copier.copy(body.get("functions") if tools is None else tools) if capture else None
        self.parameters = copier.copy_without(body, _OWN_FIELDS.union(endpoint.input)) if capture else None
        copied = copier.copy(variables) if capture and variables is not None else None
        self.variables: Optional[dict[str, Any]] = copied if isinstance(copied, dict) else None
        copier.values_left = max(0, copier.values_left) + _INPUT_RESERVE
        given = copier.copy(_pick_input(endpoint, body)) if capture else None
        self.messages = to_chat_messages(given, copier) if endpoint.kind == "chat" else to_messages(given)
        user = body.get("user")
        self.user = body.get("safety_identifier") if user is None else user
        self.model = body.get("model")
        self.is_stream = body.get("stream") in (True, "true")


def _merge_metadata(copier: Copier, sources: list[Any]) -> Optional[dict[str, Any]]:
    """The later wins where names meet."""
    merged: Optional[dict[str, Any]] = None
    for source in sources:
        copy = None if source is None else copier.copy(source)
        if isinstance(copy, dict):
            # Copied once more, since together they may have more keys than one object may have.
            merged = copier.copy({**merged, **copy}) if merged else copy
    return merged


def _pick_input(endpoint: Endpoint, body: dict[str, Any]) -> Any:
    if len(endpoint.input) == 1:
        return body.get(endpoint.input[0])
    return {name: body[name] for name in endpoint.input if body.get(name) is not None}


def to_chat_messages(given: Any, copier: Copier) -> list[Any]:
    """The contract wants objects with a role; what is not one is kept as text, so that the record of an odd call is kept."""
    if given is None:
        return []
    if not isinstance(given, list):
        return [{"role": "unknown", "content": _as_text(given, copier)}]
    messages: list[Any] = []
    for index, message in enumerate(given):
        if _is_chat_message(message):
            messages.append(message)
            continue
        # A role and a content are values too, and what is left out makes room for them.
        copier.values_left -= 2
        behind = len(given) - 1 - index
        if behind > 0 and copier.values_left + behind < 0:
            copier.is_truncated = True
            copier.values_left += behind
            more = behind + count_left_out(given[-1])
            messages.append({"role": "unknown", "content": f"[truncated: {more} more]"})
            break
        messages.append(_to_chat_message(message, copier))
    return messages


def to_messages(given: Any) -> Any:
    """The contract takes a text, an object or a list; the rest is put in words."""
    if given is None:
        return []
    return given if isinstance(given, (str, dict, list)) else str(given)


def _is_chat_message(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        return False
    content = message.get("content")
    return content is None or isinstance(content, (str, list))


def _to_chat_message(message: Any, copier: Copier) -> dict[str, Any]:
    if not isinstance(message, dict):
        return {"role": "unknown", "content": _as_text(message, copier)}
    role, content = message.get("role"), message.get("content")
    fitting = {**message, "role": role if isinstance(role, str) else "unknown"}
    if content is not None and not isinstance(content, (str, list)):
        fitting["content"] = _as_text(content, copier)
    return fitting


def _as_text(value: Any, copier: Copier) -> str:
    return value if isinstance(value, str) else str(copier.copy(json.dumps(value, ensure_ascii=False)))


def primitive_of(value: Any) -> Any:
    """A name or a number; anything else is no identifier."""
    return value if isinstance(value, str) or is_number(value) else None
