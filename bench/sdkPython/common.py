"""What all measurements send and are answered, and how they take time."""

from __future__ import annotations

import gc
import time
from typing import Any, Callable

TEXT = "some words of a conversation that went on for a while, " * 43
MESSAGES = [{"role": "system", "content": TEXT[:2_300]}, {"role": "user", "content": TEXT[:2_300]}]
USAGE = {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
ANSWER = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini", "usage": USAGE,
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": {"role": "assistant", "content": TEXT[:700], "refusal": None}}],
}  # fmt: skip
CHUNK = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}],
}
CHUNKS = 200
# Of PromptLab: its worker has nothing to send while calls are measured.
IDLE = {
    "batch_interval": 600,
    "batch_records": 1_000,
    "batch_bytes": 9_000_000,
    "queue_records": 10_000_000,
    "queue_bytes": 10**12,
}


def least(run: Callable[[], Any], count: int, rounds: int = 9) -> float:
    """Microseconds of the thread for one of `count`, the least of the rounds: what else the machine does only ever adds."""
    best = float("inf")
    gc.disable()
    for _ in range(rounds):
        gc.collect()
        started = time.thread_time_ns()
        run()
        best = min(best, (time.thread_time_ns() - started) / count / 1_000)
    gc.enable()
    return best
