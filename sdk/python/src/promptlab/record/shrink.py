"""Makes a record smaller by what takes most of its room: part of a record is worth more than none."""

from __future__ import annotations

import math
from typing import Any, Union

from .clean import count_left_out, cut_text

# What a member keeps; where there is no room for it, some are left out. Longer than a marker.
_SMALLEST = 60
_SMALLEST_ITEM = 150
# What is no longer than an identifier is never touched.
_LONGEST_IDENTIFIER = 256
# Bytes of the brackets of a list or an object, and of the comma behind it.
_BRACKETS = 3


def shrink_record(record: dict[str, Any], size_bytes: int, max_bytes: int) -> dict[str, Any]:
    """A copy that should fit `max_bytes`; `size_bytes` is its present size. Says so in `metadata.truncated`."""
    shrunk = dict(record)
    sizes = {key: _size_of(value) for key, value in shrunk.items()}
    total = sum(sizes.values())
    long = {key: size for key, size in sizes.items() if size > _LONGEST_IDENTIFIER}
    # In the unit of our sizes; the last part is for the note.
    goal = total * max_bytes * 0.99 / size_bytes - _SMALLEST
    share = _share_of(list(long.values()), sum(long.values()) - total + goal)
    for key, size in long.items():
        if size > share:
            shrunk[key] = _shrink(shrunk[key], share)
    metadata = shrunk.get("metadata") if isinstance(shrunk.get("metadata"), dict) else {}
    shrunk["metadata"] = {"original_bytes": size_bytes, **(metadata or {}), "truncated": True}
    return shrunk


def _size_of(value: Any) -> int:
    """Rough characters as JSON."""
    if isinstance(value, str):
        # What UTF-8 says in more than one byte counts as such.
        return (len(value) if value.isascii() else len(value.encode("utf-8", "replace"))) + 3
    if isinstance(value, dict):
        return _BRACKETS + sum(len(key) + 3 + _size_of(member) for key, member in value.items())
    if isinstance(value, list):
        return _BRACKETS + sum(map(_size_of, value))
    return 6


def _share_of(sizes: list[int], room: float) -> float:
    """The size to which the largest are cut, so that all fit; infinite where they do."""
    left = room
    for index, size in enumerate(sorted(sizes)):
        share = left / (len(sizes) - index)
        if size > share:
            return share
        left -= size
    return math.inf


def _shrink(value: Any, room: float) -> Any:
    if isinstance(value, str):
        length = max(_SMALLEST, int(room)) - 3
        # In characters, of which one may be several bytes.
        return cut_text(value, max(_SMALLEST, length * len(value) // max(1, _size_of(value) - 3)))
    return _shrink_members(value, room) if isinstance(value, (dict, list)) else value


def _shrink_members(owner: Union[list[Any], dict[str, Any]], room: float) -> Any:
    """The largest members are cut; where that is not enough, some are left out of the middle."""
    is_list = isinstance(owner, list)
    entries: list[tuple[str, Any]] = (
        [("", member) for member in owner] if isinstance(owner, list) else list(owner.items())
    )
    if not is_list:
        # The first is always kept, and without a role the server takes no message.
        entries.sort(key=lambda entry: entry[0] != "role")

    def name_size(key: str) -> int:
        return 0 if is_list else len(key) + 3

    sizes = [name_size(key) + _size_of(member) for key, member in entries]
    smallest = _SMALLEST_ITEM if is_list else _SMALLEST
    least = sum(min(size, name_size(key) + smallest) for size, (key, _) in zip(sizes, entries))
    most = len(entries) if is_list else len(entries) - 1
    if least > room and most > 0:
        count = min(most, math.ceil(len(entries) * (1 - room / least)) + 1)
        head = math.ceil((len(entries) - count) / 2)
        entries[head : head + count] = [("[truncated]", _marker_of(entries[head : head + count]))]
        sizes = [name_size(key) + _size_of(member) for key, member in entries]
    share = _share_of(sizes, room - _BRACKETS)
    cut = [
        (key, _shrink(member, share - name_size(key)) if size > share else member)
        for size, (key, member) in zip(sizes, entries)
    ]
    return [member for _, member in cut] if is_list else dict(cut)


def _marker_of(left_out: list[tuple[str, Any]]) -> Any:
    """Counts what an earlier cut left out too. A message among messages, or the server would take none of them."""
    more = sum(count_left_out(member.get("content") if isinstance(member, dict) else member) for _, member in left_out)
    marker = f"[truncated: {more} more]"
    first = left_out[0][1] if left_out else None
    return {"role": "unknown", "content": marker} if isinstance(first, dict) and "role" in first else marker
