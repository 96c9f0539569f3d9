"""The extra arguments of a call: taken off before the call goes out, read when its record is made."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ._warn import warn_once
from .record.clean import clean_identifier, clean_tags, is_number, is_uuid

NAMES = frozenset(("prompt_slug", "prompt_version", "trace_id", "tags", "promptlab"))
# From a method to `client.request`, under a header that never leaves the process: a call may go out much later than its
# method is called (`stream()`, a coroutine that is awaited elsewhere), and this is what all of them carry along.
CARRIER = "x-promptlab-extras"
# Names inside `promptlab={…}` and of `promptlab.context(…)`, beside those of NAMES.
CONTEXT_NAMES = frozenset(
    (
        "slug",
        "version",
        "variables",
        "trace_id",
        "parent_id",
        "name",
        "tags",
        "metadata",
        "user_id",
        "session_id",
        "log",
    )
)


class Extras:
    """Extras as they go into a record."""

    __slots__ = (
        "is_logged", "metadata", "name", "parent_id", "prompt_slug", "prompt_version", "session_id", "tags", "trace_id",
        "user_id", "variables",
    )  # fmt: skip

    def __init__(self, given: Mapping[str, Any]) -> None:
        inner = _read_context(given.get("promptlab"))
        flat = given.get
        self.prompt_slug = _read_text(
            "prompt_slug", _first(inner.get("slug"), inner.get("prompt_slug"), flat("prompt_slug"))
        )
        self.prompt_version = _read_version(
            _first(inner.get("version"), inner.get("prompt_version"), flat("prompt_version"))
        )
        self.trace_id = _read_id("trace_id", _first(inner.get("trace_id"), flat("trace_id")))
        self.parent_id = _read_id("parent_id", inner.get("parent_id"))
        self.name = _read_text("name", inner.get("name"))
        self.user_id = _read_id("user_id", inner.get("user_id"))
        self.session_id = _read_id("session_id", inner.get("session_id"))
        self.tags = _read_tags(flat("tags"), inner.get("tags"))
        self.metadata = _read_dict("metadata", inner.get("metadata"))
        self.variables = _read_dict("variables", inner.get("variables"))
        self.is_logged = inner.get("log") is not False


def read_extras(*given: Optional[Mapping[str, Any]]) -> Extras:
    """The extras of one call. Later values win; tags and metadata are put together."""
    sources = [source for source in given if source]
    if not sources:
        return NO_EXTRAS
    merged: dict[str, Any] = {}
    for source in sources:
        merge_into(merged, source)
    return Extras(merged)


def merge_into(merged: dict[str, Any], source: Mapping[str, Any]) -> None:
    """Puts one source of extras over another. Never changes what a caller gave."""
    inner = source.get("promptlab")
    for name, value in source.items():
        if value is None:
            continue
        if name == "promptlab" and isinstance(value, Mapping) and isinstance(merged.get(name), Mapping):
            merged[name] = {**merged[name], **_over(merged[name], value)}
        elif name == "tags" and isinstance(value, Mapping) and isinstance(merged.get(name), Mapping):
            merged[name] = {**merged[name], **value}
        else:
            merged[name] = value
    outer = merged.get("promptlab")
    # A plain argument of the later source wins over the same thing said inside `promptlab` by an earlier one.
    if isinstance(outer, Mapping):
        said = {"slug": "prompt_slug", "version": "prompt_version", "trace_id": "trace_id"}
        own = inner if isinstance(inner, Mapping) else {}
        hidden = {short for short, name in said.items() if source.get(name) is not None and short not in own}
        if hidden:
            merged["promptlab"] = {name: value for name, value in outer.items() if name not in hidden}


def _over(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(after)
    for name in ("tags", "metadata", "variables"):
        if isinstance(before.get(name), Mapping) and isinstance(after.get(name), Mapping):
            merged[name] = {**before[name], **after[name]}
    return merged


def _warn(message: str) -> None:
    warn_once(f"extra:{message}", message)


def _read_context(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        for name in value:
            if name not in CONTEXT_NAMES and name not in ("prompt_slug", "prompt_version"):
                _warn(f'"promptlab" has no member "{name}"; it is ignored.')
        return value
    _warn('"promptlab" must be a dict, such as {"slug": "greeting"}; it is ignored.')
    return {}


def _read_text(name: str, value: Any) -> Optional[str]:
    if value is None:
        return None
    if isinstance(value, str):
        return clean_identifier(value)
    _warn(f'"{name}" must be a string; it is ignored.')
    return None


def _read_id(name: str, value: Any) -> Optional[str]:
    """An id of one's own database is often a number, and often an object."""
    return clean_identifier(value) if is_number(value) or is_uuid(value) else _read_text(name, value)


def _read_version(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value <= 2**53 - 1:
            return value
    elif isinstance(value, str):
        return clean_identifier(value)
    _warn('"prompt_version" must be a string or a whole number; it is ignored.')
    return None


def _read_dict(name: str, value: Any) -> Optional[Mapping[str, Any]]:
    if value is None or isinstance(value, Mapping):
        return value
    _warn(f'"{name}" must be a dict; it is ignored.')
    return None


def _read_tags(flat: Any, inner: Any) -> Optional[dict[str, str]]:
    tags: Optional[dict[str, str]] = None
    for value in (flat, inner):
        if value is None:
            continue
        if isinstance(value, Mapping):
            tags = {**(tags or {}), **clean_tags(value)}
        else:
            _warn('"tags" must be a dict of strings, such as {"env": "prod"}; it is ignored.')
    return tags


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


# The extras of a call that has none.
NO_EXTRAS = Extras({})
