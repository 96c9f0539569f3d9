"""Copies any value into plain JSON within the limits of the wire contract: nothing odd can break the record."""

from __future__ import annotations

import datetime
import math
from collections import UserString
from collections.abc import Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, Optional

from .base64 import replace_base64
from .clean import cut_text

# Limits of the wire contract, kept a little below it because the walk starts inside a record.
_MAX_DEPTH = 56
_MAX_KEYS = 990
_MAX_KEY_LENGTH = 256
# Values of one record, counted as the server counts them: items of lists and keys of objects. It takes 100,000; some are
# kept for the answer, whatever the input takes.
_INPUT_VALUES = 89_000
ANSWER_VALUES = 8_000
# Nothing is to be done with these, nor with a text that is too short to be base64: most of what JSON holds.
_PLAIN = frozenset((bool, type(None)))
_SHORT_TEXT = 256
# Beyond, a number is none that the server can read: its digits are kept as a text.
_LARGEST = 10**300
# What a model gives of itself. What stands for everything, such as a mock, has any method, and gives more of itself.
_DUMPED = (str, int, float, Mapping, list, tuple, AbstractSet, datetime.date, Enum)


class Copier:
    """Counts while walking; one spans all that a call sends."""

    __slots__ = ("_field_length", "_path", "_short_text", "is_truncated", "size", "values_left")

    def __init__(self, field_length: int = 1_000_000, values: int = _INPUT_VALUES) -> None:
        self._field_length = field_length
        self._short_text = min(_SHORT_TEXT, field_length)
        self._path: list[int] = []
        self.is_truncated = False
        # Below zero: something was left out.
        self.values_left = values
        # Rough bytes of the copies as JSON.
        self.size = 0

    def copy(self, value: Any) -> Any:
        """The value as plain JSON. Never raises."""
        kind = type(value)
        self.size += 4
        if kind is str:
            return self._text(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if -_LARGEST <= value <= _LARGEST else self._text(_digits(value))
        if kind is float:
            return value if math.isfinite(value) else str(value)
        try:
            if kind is dict or kind is list or kind is tuple:
                return self._nested(value)
            return self._special(value)
        except Exception as thrown:  # noqa: BLE001 -- the object is the caller's
            return f"[unreadable: {type(thrown).__name__}]"

    def copy_without(self, value: Mapping[str, Any], left_out: Any) -> Optional[dict[str, Any]]:
        """The members of an object but for some. None where none is left."""
        members = {key: member for key, member in value.items() if key not in left_out}
        return self.copy(members) if members else None

    def _text(self, value: str) -> str:
        text = replace_base64(value) if len(value) > _SHORT_TEXT else value
        if len(text) > self._field_length:
            self.is_truncated = True
            text = cut_text(text, self._field_length)
        self.size += len(text)
        return text

    def _nested(self, value: Any) -> Any:
        if len(self._path) >= _MAX_DEPTH:
            self.is_truncated = True
            return "[truncated: too deep]"
        if id(value) in self._path:
            return "[circular]"
        self._path.append(id(value))
        try:
            if type(value) is dict or isinstance(value, Mapping):
                return self._members(value)
            is_list = isinstance(value, (list, tuple)) or not hasattr(value, "__dataclass_fields__")
            return self._items(value) if is_list else self._members(_fields_of(value))
        finally:
            self._path.pop()

    def _items(self, values: Any) -> list[Any]:
        copies: list[Any] = []
        for index, value in enumerate(values):
            self.values_left -= 1
            if self.values_left < 0:
                self.is_truncated = True
                copies.append(f"[truncated: {len(values) - index} more]")
                break
            kind = type(value)
            if (
                (kind is str and len(value) <= self._short_text)
                or kind in _PLAIN
                or (kind is int and -_LARGEST <= value <= _LARGEST)
            ):
                self.size += 4 + (len(value) if kind is str else 0)
                copies.append(value)
            else:
                copies.append(self.copy(value))
        return copies

    def _members(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for index, (key, member) in enumerate(value.items()):
            self.values_left -= 1
            if index == _MAX_KEYS or self.values_left < 0:
                self.is_truncated = True
                copy["[truncated]"] = f"{len(value) - index} more keys"
                break
            name = key if isinstance(key, str) else _name_of(key)
            length = len(name)
            if length > _MAX_KEY_LENGTH:
                self.is_truncated = True
                name = cut_text(name, _MAX_KEY_LENGTH)
            kind = type(member)
            if (
                (kind is str and len(member) <= self._short_text)
                or kind in _PLAIN
                or (kind is int and -_LARGEST <= member <= _LARGEST)
            ):
                self.size += length + 4 + (len(member) if kind is str else 0)
                copy[name] = member
            else:
                self.size += length
                copy[name] = self.copy(member)
        return copy

    def _special(self, value: Any) -> Any:
        """Instances of classes: what a caller may pass gets a placeholder or its own words."""
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, (int, float)):
            return self.copy(int(value) if isinstance(value, int) else float(value))
        if isinstance(value, (bytes, bytearray, memoryview)):
            return f"[{type(value).__name__} {len(value)} bytes]"
        if isinstance(value, (datetime.datetime, datetime.date)):
            return value.isoformat()
        if isinstance(value, Enum):
            return self.copy(value.value)
        if isinstance(value, (Mapping, list, tuple)):
            return self._nested(value)
        if isinstance(value, AbstractSet):
            return self._nested(list(value))
        if isinstance(value, BaseException):
            return self._nested({"name": type(value).__name__, "message": str(value)})
        if isinstance(value, type):
            return f"[function {value.__name__}]"
        for name in ("model_dump", "dict", "to_dict"):
            dump = getattr(value, name, None)
            if not callable(dump):
                continue
            dumped = _dump_quietly(dump) if name == "model_dump" else dump()
            if isinstance(dumped, _DUMPED):
                return self.copy(dumped)
            if name == "model_dump":
                # Its `dict` is the same under a name that warns.
                break
        if hasattr(value, "__dataclass_fields__"):
            return self._nested(value)
        if isinstance(value, (Sequence, ValuesView)) and not isinstance(value, UserString):
            return self._nested(value)
        if getattr(value, "shape", None) == () and hasattr(value, "item"):
            # A number of numpy and its like.
            plain = value.item()
            return self.copy(plain) if type(plain) is not type(value) else str(plain)
        if hasattr(value, "tolist") and type(getattr(value, "size", None)) is int and value.size <= self.values_left:
            # An array of numpy and its like. A larger one is cut in its own words.
            return self.copy(value.tolist())
        if hasattr(value, "read"):
            return f"[file {getattr(value, 'name', type(value).__name__)}]"
        if hasattr(value, "__next__") or hasattr(value, "__anext__"):
            return "[stream]"
        if callable(value):
            return f"[function {getattr(value, '__name__', 'anonymous')}]"
        return self._text(str(value)[: self._field_length])


def _fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by name, without those that its repr leaves out."""
    return {name: getattr(value, name) for name, field in value.__dataclass_fields__.items() if field.repr}


def _dump_quietly(dump: Any) -> Any:
    """Models of pydantic warn of a value that is not as its field says, such as what `openai` has parsed."""
    try:
        return dump(warnings=False)
    except (TypeError, ValueError):
        # A method of another make, or of the first major of pydantic.
        return dump()


def _name_of(key: Any) -> str:
    try:
        return str(key.value if isinstance(key, Enum) else key)
    except Exception as thrown:  # noqa: BLE001 -- the object is the caller's
        return f"[unreadable: {type(thrown).__name__}]"


def _digits(number: int) -> str:
    try:
        return str(number)
    except ValueError:
        # Python writes none of so many digits.
        return hex(number)
