"""Takes credentials out of what configures a call: the headers of a tool, the secrets of a container. Their names stay."""

from __future__ import annotations

import re
from typing import Any, Iterable

_HIDDEN = "[removed: credential]"
_CREDENTIAL = re.compile(r"(?:headers|authorization|api[-_]?key|cookie|token|password|secrets?)\Z", re.IGNORECASE)
# What follows names parameters and holds no values: a tool may well have a parameter that is called `token`.
_SCHEMA = frozenset(("properties", "$defs", "definitions"))
_KEYS = re.compile(r"\b(?:sk|rk|pk|pl_live|pl_test)[-_][A-Za-z0-9_*-]{8,}|\bBearer\s+[A-Za-z0-9._~+/=-]{8,}")


def hide_credentials(log: dict[str, Any]) -> None:
    """Changes a log that is ours alone. Words are left as they are: in an answer, a token is a piece of text."""
    _hide_in(log.get("parameters"))
    _hide_in(log.get("tools"))
    response = log.get("response")
    _hide_in_tools(response)
    # Only there do the items of a conversation bring tools along.
    if log.get("endpoint") == "chat.completions":
        return
    _hide_in_items(log.get("messages"))
    if isinstance(response, dict):
        _hide_in_items(response.get("output"))


def hide_credentials_in(value: Any) -> None:
    """In what a step was given or gave back: by the names of its members."""
    _hide_in(value)


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """Replaces known secrets and what looks like a key: providers repeat them in the texts of errors."""
    for secret in secrets:
        if len(secret) >= 6 and secret in text:
            text = text.replace(secret, "[key]")
    return _KEYS.sub("[key]", text)


def _hide_in_items(items: Any) -> None:
    if isinstance(items, list):
        for item in items:
            _hide_in_tools(item)


def _hide_in_tools(owner: Any) -> None:
    if isinstance(owner, dict):
        _hide_in(owner.get("tools"))


def _hide_in(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _hide_in(item)
    if not isinstance(value, dict):
        return
    for key, member in value.items():
        if key in _SCHEMA or member is None:
            continue
        if not _CREDENTIAL.search(key):
            _hide_in(member)
        elif isinstance(member, dict):
            value[key] = dict.fromkeys(member, _HIDDEN)
        else:
            value[key] = _HIDDEN
