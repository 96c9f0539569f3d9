"""Makes short values fit the wire contract, so that an odd one is kept in part and never costs the record."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Mapping, Optional

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

MAX_IDENTIFIER = 256
_MAX_TAGS = 100
# The server refuses a log with more.
_MOST_TOKENS = 1_000_000_000
_PLAIN = re.compile(r"[\x21-\x7e]+\Z")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CUT = re.compile(r"…\[truncated, (\d+) characters in all\]\Z")
# What stands for items or keys that were left out.
_LEFT_OUT = re.compile(r"\A(?:\[truncated: )?(\d+) more(?: keys|\])\Z")


def text_of(value: Any) -> Optional[str]:
    """A text that says something."""
    return value if isinstance(value, str) and value else None


def is_number(value: Any) -> TypeGuard[float]:
    """A number, and no switch: True is an int in Python."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_uuid(value: Any) -> bool:
    """An id as an object, of whichever library."""
    return type(value).__name__ == "UUID"


def clean_identifier(value: Any) -> Optional[str]:
    """One line of 1 to 256 well-formed characters, or None where nothing is left."""
    if isinstance(value, str):
        if len(value) <= MAX_IDENTIFIER and _PLAIN.match(value):
            return value
        text = value
    elif is_number(value) or is_uuid(value):
        text = str(value)
    else:
        return None
    text = _CONTROL_CHARACTERS.sub(" ", text)[:MAX_IDENTIFIER]
    return well_formed(text).strip() or None


def well_formed(text: str) -> str:
    """Without half characters, which UTF-8 cannot say."""
    return _SURROGATES.sub("\ufffd", text)


def clean_tags(tags: Mapping[Any, Any]) -> dict[str, str]:
    """Tags with usable names, and values as strings."""
    cleaned: dict[str, str] = {}
    for key in tags:
        name = clean_identifier(key)
        text = _tag_text(tags, key)
        if name is None or text is None:
            continue
        if len(cleaned) >= _MAX_TAGS:
            break
        cleaned[name] = text
    return cleaned


def _tag_text(tags: Mapping[Any, Any], key: Any) -> Optional[str]:
    try:
        value = tags[key]
        if isinstance(value, Enum):
            value = value.value
        if value is None or callable(value):
            return None
        if isinstance(value, str):
            # A subclass of str may say something else of itself: the plain text is kept.
            text = str.__str__(value)
        elif isinstance(value, (bool, int, float, list, tuple, dict)):
            text = json.dumps(value, ensure_ascii=False, default=str)
        else:
            # An id, a date, an amount: in words, without the quotes of JSON.
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    except Exception:  # noqa: BLE001 -- the value is the caller's
        text = "[unreadable]"
    return well_formed(text[:MAX_IDENTIFIER])


def cut_text(text: str, length: int) -> str:
    """A text of at most `length` characters, the last of which say how long it was before anything was cut."""
    if len(text) <= length:
        return text
    before = _CUT.search(text[-60:])
    marker = truncation_marker(int(before.group(1)) if before else len(text))
    kept = len(text) - (len(before.group(0)) if before else 0)
    return text[: max(0, min(length - len(marker), kept))] + marker


def truncation_marker(length: int) -> str:
    """What a cut text ends with; `length` is that of the whole."""
    return f"…[truncated, {length} characters in all]"


def count_left_out(value: Any) -> int:
    """How many values this one is: more than one where it stands for those that were left out earlier."""
    found = _LEFT_OUT.match(value) if isinstance(value, str) else None
    return int(found.group(1)) if found else 1


def clean_count(value: Any) -> Optional[int]:
    """A count of tokens as the contract takes it; anything else is "not reported"."""
    if type(value) is int:
        return value if 0 <= value <= _MOST_TOKENS else None
    if not is_number(value) or value != value or value < 0 or value > _MOST_TOKENS or value != int(value):
        return None
    return int(value)
