"""F. Delivery."""

from __future__ import annotations

import asyncio
import email.utils
import json
import sys
import threading
import time

import pytest
from harness import CHAT, RECORD, Way, run_script
from receiver import refuse

import promptlab
from promptlab.delivery.retry import backoff, parse_retry_after


def _is_quick(client, way: Way, count: int = 20) -> float:
    """Seconds of the slower half of calls."""
    times = []
    for _ in range(count):
        started = time.perf_counter()
        way.do(client.chat.completions.create(**CHAT))
        times.append(time.perf_counter() - started)
    return sorted(times)[count // 2]


@pytest.mark.parametrize("fault", ["down", "refusing", "hanging", "html"])
def test_p59_calls_take_as_long_as_without_us(sync: Way, fault: str) -> None:
    release = threading.Event()
    faults = {
        "refusing": refuse(503),
        "hanging": lambda upload: release.wait(10) and None,
        "html": lambda upload: (200, b"<html>hello</html>", {"content-type": "text/html"}),
    }
    sync.receiver.always = faults.get(fault)
    options = {"base_url": "http://127.0.0.1:9"} if fault == "down" else {}
    raw, client = sync.make(), sync.track(**options)
    _is_quick(client, sync, 5)
    # Far below the ten seconds that the server takes, and above what a busy machine adds.
    assert _is_quick(client, sync) < _is_quick(raw, sync) * 2 + 0.05
    release.set()
    sync.receiver.always = None
    sync.labs[0]._core.settings.exit_timeout = 0.1
    sync.labs[0].shutdown(timeout=0.1)


def test_p60_a_batch_goes_at_count_size_or_time(sync: Way) -> None:
    lab = sync.lab(batch_interval=30, batch_records=5)
    for _ in range(5):
        lab.api.log_request(RECORD)
    _until(lambda: len(sync.receiver.stored) == 5)
    by_size = sync.lab(batch_interval=30, batch_bytes=5_000)
    by_size.api.log_request({**RECORD, "response_content": "x" * 6_000})
    _until(lambda: len(sync.receiver.stored) == 6)
    by_time = sync.lab(batch_interval=0.2)
    started = time.monotonic()
    by_time.api.log_request(RECORD)
    _until(lambda: len(sync.receiver.stored) == 7)
    assert 0.15 < time.monotonic() - started < 1.5
    assert all(record["id"][14] == "7" for record in sync.receiver.records)


def test_p60_large_bodies_are_compressed(sync: Way) -> None:
    lab = sync.lab(gzip_above_bytes=16_384)
    lab.api.log_request({**RECORD, "response_content": "x" * 100_000})
    lab.flush()
    lab.api.log_request(RECORD)
    lab.flush()
    large, small = sync.receiver.uploads
    assert large.headers["content-encoding"] == "gzip" and large.size < 5_000
    assert "content-encoding" not in small.headers


def test_p61_failures_are_tried_again_with_growing_waits() -> None:
    assert [backoff(count, 1) for count in (1, 2, 3, 20)] == [0.5, 1, 2, 30]
    assert [backoff(count, 0) for count in (1, 2)] == [0.25, 0.5]
    now = time.time()
    assert (
        parse_retry_after("2", now) == 2
        and parse_retry_after("junk", now) == 0
        and parse_retry_after("9999", now) == 300
    )
    assert 1 < parse_retry_after(email.utils.formatdate(now + 3, usegmt=True), now) <= 3


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_p61_and_stored_once(sync: Way, status: int, caplog: pytest.LogCaptureFixture) -> None:
    def cut(upload):
        raise ConnectionError

    sync.receiver.faults = [refuse(status), cut]
    lab = sync.lab()
    lab.api.log_request(RECORD)
    _until(lambda: sync.receiver.stored, 6)
    # The connection that was cut had been used before, so it was opened anew, which is no try.
    assert lab.flush().ok and lab.stats().sent == 1 and lab.stats().retried == 1
    assert len(sync.receiver.uploads) == 3
    bodies = {json.dumps(upload.logs) for upload in sync.receiver.uploads}
    assert len(bodies) == 1 and sync.receiver.duplicates == 0


@pytest.mark.parametrize("header", ["1", "date"])
def test_p61_retry_after_pauses_the_whole_queue(sync: Way, header: str) -> None:
    value = email.utils.formatdate(time.time() + 2, usegmt=True) if header == "date" else header
    sync.receiver.faults = [refuse(429, headers={"retry-after": value})]
    lab = sync.lab()
    lab.api.log_request(RECORD)
    _until(lambda: len(sync.receiver.uploads) == 1)
    lab.api.log_request(RECORD)
    assert not lab.flush(timeout=0.3).ok
    assert len(sync.receiver.uploads) == 1
    _until(lambda: len(sync.receiver.stored) == 2, 4)
    assert sync.receiver.uploads[1].at - sync.receiver.uploads[0].at > 0.8


def test_p62_a_timeout_after_the_batch_was_stored_makes_no_second_row(sync: Way) -> None:
    def late(upload):
        sync.receiver.accept(upload)
        time.sleep(0.6)
        return 200, b"{}", {}

    sync.receiver.faults = [late]
    lab = sync.lab(request_timeout=0.3)
    lab.api.log_request(RECORD)
    _until(lambda: sync.receiver.duplicates == 1, 5)
    assert len(sync.receiver.stored) == 1 and lab.flush().ok and lab.stats().sent == 1


def test_an_address_that_only_sends_on_is_named(sync: Way, caplog: pytest.LogCaptureFixture) -> None:
    sync.receiver.faults = [refuse(308, headers={"location": "https://prompts.example.com/api/v1/logs"})]
    lab = sync.lab()
    for _ in range(2):
        lab.api.log_request(RECORD)
    assert not lab.flush().ok and lab.stats().dropped == {"not_found": 2}
    assert "https://prompts.example.com/api/v1/logs (308) Is the base URL right?" in caplog.text


def test_p63_401_stops_sending_with_one_warning(sync: Way, caplog: pytest.LogCaptureFixture) -> None:
    heard = []
    sync.receiver.always = refuse(401, "This key is not known.")
    lab = sync.lab(on_error=heard.append)
    client = lab.track(sync.make())
    for _ in range(3):
        client.chat.completions.create(**CHAT, prompt_slug="s")
        lab.flush()
    assert len(sync.receiver.uploads) == 1 and lab.stats().dropped == {"unauthorized": 3}
    assert len(caplog.records) == 1 and "This key is not known." in caplog.text
    assert heard[0].reason == "unauthorized" and heard[0].http_status == 401
    assert not lab.flush().ok


@pytest.mark.parametrize("status", [413, 400])
def test_p63_a_refused_batch_is_halved_until_the_bad_record_is_alone(sync: Way, status: int) -> None:
    def picky(upload):
        is_bad = any(record["model"] == "bad" for record in upload.logs)
        return refuse(status)(upload) if is_bad else None

    sync.receiver.always = picky
    lab = sync.lab(batch_interval=0.2)
    for number in range(16):
        lab.api.log_request({**RECORD, "model": "bad" if number == 5 else "good"})
    assert lab.flush(timeout=8).pending == 0
    assert len(sync.receiver.stored) == 15
    assert lab.stats().dropped == {"too_large" if status == 413 else "rejected": 1}


def test_p63_a_verdict_on_one_record_loses_only_that(sync: Way) -> None:
    def some(upload):
        verdicts = json.loads(sync.receiver.accept(upload))
        error = {"type": "invalid_request_error", "code": "x", "message": "model must be shorter", "param": "model"}
        verdicts["results"][1] = {"index": 1, "id": None, "status": "rejected", "error": error}
        return 200, json.dumps(verdicts).encode(), {}

    sync.receiver.faults = [some]
    lab = sync.lab(batch_interval=0.2)
    for _ in range(3):
        lab.api.log_request(RECORD)
    assert not lab.flush().ok
    stats = lab.stats()
    assert stats.sent == 2 and stats.dropped == {"rejected": 1} and "model must be shorter" in stats.last_error


def test_p64_the_queue_is_bounded_and_counts_what_it_drops() -> None:
    done = run_script("""
        import tracemalloc, json
        import promptlab
        from promptlab import PromptLab
        from harness import Way, CHAT
        from fake_openai import FakeOpenAI
        from receiver import Receiver
        lab = PromptLab(api_key="x", base_url="http://127.0.0.1:9", queue_bytes=8_000_000, exit_timeout=0)
        text = [{"role": "user", "content": "word " * 1_800}]
        class Answer: pass
        import openai
        from harness import MESSAGES
        provider = FakeOpenAI()
        client = lab.track(openai.OpenAI(base_url=provider.base_url))
        client.chat.completions.create(model="m", messages=text)
        tracemalloc.start()
        lab.flush(timeout=0.1)
        for number in range(2_000):
            lab.api.log_request({"model": "m", "provider": "p", "messages": [{"role": "user", "content": f"{number} " + "word " * 1_800}]})
        for number in range(50):
            client.chat.completions.create(model="m", messages=text)
        stats = lab.stats()
        assert sum(stats.dropped.values()) + stats.queued == 2_051, stats
        assert stats.dropped["queue_full"] > 1_000 and stats.queued_bytes <= 8_000_000
        kept, peak = tracemalloc.get_traced_memory()
        assert kept < 8_000_000 * 1.2, kept
    """)
    assert "The queue is full" in done.stderr


def test_p64_few_records_by_count(sync: Way) -> None:
    lab = sync.lab(queue_records=3, batch_interval=60)
    for _ in range(5):
        lab.api.log_request(RECORD)
    stats = lab.stats()
    assert stats.queued == 3 and stats.dropped == {"queue_full": 2}
    assert not lab.flush().ok and len(sync.receiver.stored) == 3 and lab.flush().ok


def test_log_request_now_gives_the_verdict_or_raises(sync: Way) -> None:
    lab = sync.lab()
    receipt = lab.api.log_request_now(RECORD)
    assert receipt["status"] == "created" and asyncio.run(lab.api.alog_request_now(RECORD))["status"] == "created"
    sync.receiver.always = refuse(403)
    with pytest.raises(promptlab.PromptLabError) as refused:
        lab.api.log_request_now(RECORD)
    assert refused.value.reason == "unauthorized" and refused.value.http_status == 403


def _until(condition, seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_p60_a_record_that_comes_as_the_worker_falls_asleep_is_sent() -> None:
    def transport(request):
        ids = [record["id"] for record in json.loads(request.body)["logs"]]
        results = [{"index": index, "id": each, "status": "created"} for index, each in enumerate(ids)]
        return promptlab.Response(200, json.dumps({"results": results}).encode())

    lab = promptlab.PromptLab(api_key="test", transport=transport, batch_interval=0.0001)
    interval = sys.getswitchinterval()
    # The threads take turns as often as they can, so that every order of their steps comes.
    sys.setswitchinterval(1e-6)
    try:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            lab.api.log_request(RECORD)
            time.sleep(0.0003)
            if lab.stats().queued > 50:
                deadline = time.monotonic() + 5
                while lab.stats().queued and time.monotonic() < deadline:
                    time.sleep(0.01)
                assert lab.stats().queued == 0
    finally:
        sys.setswitchinterval(interval)
        lab.shutdown(timeout=5)
