"""F. What flush, aflush and shutdown say, and that an event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from statistics import quantiles

from harness import RECORD, Way
from receiver import refuse

import promptlab


def test_p66_flush_says_the_truth_and_never_raises(sync: Way) -> None:
    lab = sync.lab(batch_interval=60)
    started = time.monotonic()
    assert lab.flush() == promptlab.FlushResult(True, 0) and time.monotonic() - started < 0.05
    lab.api.log_request(RECORD)
    assert lab.flush("soon").ok
    results = []
    for _ in range(4):
        lab.api.log_request(RECORD)
    threads = [threading.Thread(target=lambda: results.append(lab.flush())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result.pending == 0 for result in results) and len(sync.receiver.stored) == 5
    sync.receiver.always = refuse(503)
    lab.api.log_request(RECORD)
    result = lab.flush(timeout=0.2)
    assert not result.ok and result.pending == 1
    sync.receiver.always = None
    assert lab.shutdown(timeout=5).ok and lab.shutdown().ok
    lab.api.log_request(RECORD)
    assert lab.stats().dropped == {"shut_down": 1}


def test_p66_aflush_in_any_event_loop(sync: Way) -> None:
    lab = sync.lab(batch_interval=60)

    async def last():
        lab.api.log_request(RECORD)
        return await lab.aflush()

    for _ in range(3):
        assert asyncio.run(last()).ok

    async def abandoned():
        lab.api.log_request(RECORD)
        asyncio.ensure_future(lab.aflush())
        await asyncio.sleep(0)

    asyncio.run(abandoned())
    assert lab.flush().ok and len(sync.receiver.stored) == 4


def test_p67_an_event_loop_is_never_held(provider, receiver) -> None:
    way = Way(True, provider, receiver)
    lab = way.lab(batch_interval=0.05)
    record = {**RECORD, "messages": [{"role": "user", "content": "word " * 200} for _ in range(8)]}

    async def measure(is_busy: bool) -> float:
        if is_busy:
            for _ in range(500):
                lab.api.log_request(record)
        delays = []
        end = time.perf_counter() + 0.7
        while time.perf_counter() < end:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            delays.append(time.perf_counter() - started - 0.001)
        return quantiles(delays, n=100)[98]

    best = min(way.do(measure(True)) - way.do(measure(False)) for _ in range(3))
    assert best < 0.010, best
    way.end()
