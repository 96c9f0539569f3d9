"""One decision per trace, the same in every process and in the TypeScript SDK: the id decides."""

from __future__ import annotations


def is_sampled(trace_id: str, rate: float) -> bool:
    """Whether a trace is among the share that is kept."""
    if rate >= 1:
        return True
    return rate > 0 and _hash(trace_id) / 0x1_0000_0000 < rate


def _hash(text: str) -> int:
    """FNV-1a over UTF-16 with a final mix, so that ids that differ in their last characters fall far apart."""
    value = 0x811C9DC5
    units = text.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        value = ((value ^ (units[at] | units[at + 1] << 8)) * 0x01000193) & 0xFFFFFFFF
    value = ((value ^ value >> 16) * 0x85EBCA6B) & 0xFFFFFFFF
    value = ((value ^ value >> 13) * 0xC2B2AE35) & 0xFFFFFFFF
    return value ^ value >> 16
