"""F. What flush, aflush and shutdown say, and that an event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from statistics import quantiles

import pytest
from harness import CHAT, RECORD, Way
from receiver import refuse

import promptlab
from promptlab import Request, Response


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


def test_what_is_on_its_way_at_a_shutdown_counts_as_dropped_and_is_not_tried_again(sync: Way) -> None:
    answering = threading.Event()

    def transport(request: Request) -> Response:
        answering.wait(5)
        return Response(503, b"{}")

    lab = sync.lab(transport=transport)
    lab.api.log_request(RECORD)
    time.sleep(0.1)
    assert lab.shutdown(timeout=0.1) == (False, 1)
    thread = lab._core.delivery._thread
    answering.set()
    assert thread is not None
    thread.join(2)
    assert not thread.is_alive()
    assert lab.stats()[:5] == (0, 0, 0, 0, {"shut_down": 1})


@pytest.mark.parametrize("is_async", [False, True])
def test_all_instances_share_the_time_of_a_flush(sync: Way, is_async: bool) -> None:
    answering = threading.Event()

    def transport(request: Request) -> Response:
        answering.wait(5)
        return Response(503, b"{}")

    slow = [{"api_key": f"pl_{name}", "transport": transport, "batch_interval": 0} for name in "abc"]
    last = {"api_key": "pl_z", "base_url": sync.receiver.base_url, "batch_interval": 60}
    clients = [promptlab.track(sync.make(), **options) for options in (*slow, last)]
    for client in clients:
        client.chat.completions.create(**CHAT)
    started = time.monotonic()
    result = asyncio.run(promptlab.aflush(0.4)) if is_async else promptlab.flush(0.4)
    assert result == (False, 3) and sync.receiver.records
    ended = asyncio.run(promptlab.ashutdown(0.4)) if is_async else promptlab.shutdown(0.4)
    assert ended == (False, 3)
    assert time.monotonic() - started < 1.1
    answering.set()
