"""UUIDv7 (RFC 9562, 5.7 with the added clock precision of 6.2): unique, and in the order of the calls."""

from __future__ import annotations

import random
import time

_random_bits = random.getrandbits


def new_stamp() -> tuple[int, int]:
    """What an id is made of, taken at once; its text is made when it is first asked for: after the call went out."""
    return time.time_ns(), _random_bits(62)


def id_text(stamp: tuple[int, int]) -> str:
    """The id of a stamp: milliseconds, then the part of a millisecond in 12 bits, then chance."""
    now_ns, chance = stamp
    milliseconds, rest_ns = divmod(now_ns, 1_000_000)
    head = (milliseconds << 16) | 0x7000 | (rest_ns * 4096 // 1_000_000)
    text = f"{head:016x}{0x8000000000000000 | chance:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_id() -> str:
    """A new id."""
    return id_text(new_stamp())
