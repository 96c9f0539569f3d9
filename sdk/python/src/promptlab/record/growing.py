"""An object that arrives in pieces: some of its texts and lists grow, of all else the last one counts."""

from __future__ import annotations

from typing import Any, Optional

from .clean import truncation_marker
from .copier import Copier

# Room for the words that tell how long a text was: a text that was cut here must not be cut again.
_MARKER_LENGTH = 64
# Texts of the greatest length, so that an answer is kept that comes after long thoughts.
_LONG_TEXTS = 2
_MIN_DETAILS = 50_000
# What only single values may use, however long the lists are: the token counts come last.
_RESERVE = 20_000
# Choices, items, parts, tool calls, names of texts.
MAX_MEMBERS = 1_000
_SMALL_LENGTH = 64
_PIECES_BEFORE_JOIN = 512
# The members that come in pieces wherever an object is nested.
_GROWING = frozenset(("arguments", "input", "transcript"))
# Lists whose entries come in pieces: what a model thinks, and the parts of an answer.
_JOINED_LISTS = frozenset(("content", "reasoning", "reasoning_details", "summary", "thinking", "thinking_blocks"))
# The members of such an entry that grow.
_JOINED_TEXTS = frozenset(("text", "summary", "thinking"))


class StreamBudget:
    """How much of one stream is kept."""

    __slots__ = ("_details_left", "_longest", "_text_left", "is_truncated", "max_text")

    def __init__(self, max_text: int) -> None:
        self.max_text = max_text
        self.is_truncated = False
        self._longest = max(0, max_text - _MARKER_LENGTH)
        self._text_left = self._longest * _LONG_TEXTS
        self._details_left = max(_MIN_DETAILS, max_text)

    def take_text(self, piece: str, before: int) -> str:
        """As much of a piece as still fits to a text of which `before` characters are kept."""
        room = max(0, min(self._longest - before, self._text_left))
        if len(piece) > room:
            self.is_truncated = True
            piece = piece[:room]
        self._text_left -= len(piece)
        return piece

    def take(self, size: int, reserve: int = _RESERVE) -> bool:
        """False where so much does not fit."""
        if size <= self._details_left + reserve:
            self._details_left -= size
            return True
        self.is_truncated = True
        return False

    def has_room(self, members: Any) -> bool:
        """False where there are too many members already."""
        if len(members) < MAX_MEMBERS:
            return True
        self.is_truncated = True
        return False


class TextBuffer:
    """Text that arrives in pieces, kept up to the budget of its stream and only counted beyond it."""

    __slots__ = ("_budget", "_kept", "_pieces", "length")

    def __init__(self, budget: StreamBudget) -> None:
        self._budget = budget
        self._pieces: list[str] = []
        self._kept = 0
        self.length = 0

    def add(self, piece: str) -> None:
        self.length += len(piece)
        kept = self._budget.take_text(piece, self._kept)
        if not kept:
            return
        self._kept += len(kept)
        self._pieces.append(kept)
        # Joined now and then, so that a long stream is a few texts and not a million.
        if len(self._pieces) >= _PIECES_BEFORE_JOIN:
            self._pieces = ["".join(self._pieces)]

    def __str__(self) -> str:
        text = "".join(self._pieces)
        return text + truncation_marker(self.length) if self.length > self._kept else text


class Growing:
    """One object of a stream."""

    __slots__ = ("_budget", "_texts", "values")

    def __init__(self, budget: StreamBudget) -> None:
        self._budget = budget
        self._texts: dict[str, TextBuffer] = {}
        # Copies of what is no growing text.
        self.values: dict[str, Any] = {}

    def text_at(self, key: str) -> Optional[TextBuffer]:
        """The text of that name, which begins empty. None where there are too many."""
        text = self._texts.get(key)
        if text is None and self._budget.has_room(self._texts):
            text = self._texts[key] = TextBuffer(self._budget)
        return text

    def add_text(self, key: str, piece: Any) -> None:
        text = self.text_at(key) if isinstance(piece, str) else None
        if text is not None:
            text.add(piece)

    def holds(self, key: str) -> bool:
        """True where something of that name is known."""
        text = self._texts.get(key)
        return key in self.values or text is not None and text.length > 0

    def set(self, key: str, value: Any) -> bool:
        """False where it does not fit; then what was there before stays."""
        if type(value) is str and len(value) <= _SMALL_LENGTH or type(value) in (int, bool):
            copy, size = value, _SMALL_LENGTH
        else:
            copy, size = self._copy(value)
        if key in self.values:
            # What it takes the place of was counted already, and is about as large.
            size = max(0, size - _size_of(self.values[key]))
        if not self._budget.take(size + (0 if key in self.values else len(key))):
            return False
        self.values[key] = copy
        return True

    def push(self, key: str, added: list[Any]) -> None:
        kept = self.values.get(key)
        if not isinstance(kept, list):
            kept = self.values[key] = []
        self._push_to(kept, key, added)

    def _push_to(self, kept: list[Any], key: str, added: list[Any]) -> None:
        for value in added:
            if key in _JOINED_LISTS and self._join(kept, value):
                continue
            copy, size = self._copy(value)
            if self._budget.take(size, 0):
                kept.append(copy)

    def _join(self, kept: list[Any], piece: Any) -> bool:
        """True where it is one more piece of an entry that is there: of the same type, and the same place where it names one."""
        if not isinstance(piece, dict) or not isinstance(piece.get("type"), str):
            return False
        place = piece.get("index")
        if place is None:
            entry = kept[-1] if kept else None
            if not _JOINED_TEXTS.intersection(piece):
                return False
        else:
            entry = next((known for known in kept if _is_same_place(known, piece)), None)
        if not isinstance(entry, dict) or not _is_same_place(entry, piece) or "data" in piece:
            return False
        # Another thought.
        ids = (piece.get("id"), entry.get("id"))
        if all(isinstance(one, str) for one in ids) and ids[0] != ids[1]:
            return False
        for name, value in piece.items():
            before = entry.get(name)
            if isinstance(value, str) and name in _JOINED_TEXTS:
                text = before if isinstance(before, str) else ""
                entry[name] = text + self._budget.take_text(value, len(text))
            elif isinstance(value, list) and isinstance(before, list) and name in _JOINED_LISTS:
                self._push_to(before, name, value)
            elif value is not None and value != before:
                copy, size = self._copy(value)
                if self._budget.take(size, 0):
                    entry[name] = copy
        return True

    def _copy(self, value: Any) -> tuple[Any, int]:
        copier = Copier(self._budget.max_text)
        copy = copier.copy(value)
        if copier.is_truncated:
            self._budget.is_truncated = True
        return copy, copier.size

    def add(self, piece: Any) -> None:
        """One more piece of it."""
        if not isinstance(piece, dict):
            return
        for key, value in piece.items():
            if isinstance(value, str) and key in _GROWING:
                self.add_text(key, value)
            elif value is not None and value != "":
                self.set(key, value)

    def announce(self, whole: Any) -> bool:
        """The whole of it, but for the texts that have grown already. False where something did not fit."""
        if not isinstance(whole, dict):
            return False
        texts = self._texts
        fits = [self.set(key, value) for key, value in whole.items() if key not in texts or not texts[key].length]
        return all(fits)

    def result(self) -> dict[str, Any]:
        """Values win only where no text of that name has grown: an announcement begins empty."""
        whole = dict(self.values)
        for key, text in self._texts.items():
            before = whole.get(key)
            # A list of parts that ends in plain text keeps both.
            if isinstance(before, list) and text.length:
                whole[key] = [*before, {"type": "text", "text": str(text)}]
            elif text.length or key not in whole:
                whole[key] = str(text)
        return whole


def _is_same_place(entry: Any, piece: dict[str, Any]) -> bool:
    return (
        isinstance(entry, dict) and entry.get("type") == piece.get("type") and entry.get("index") == piece.get("index")
    )


def _size_of(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, dict)) else _SMALL_LENGTH
