"""F. Delivery."""

from __future__ import annotations

import asyncio
import email.utils
import http.server
import json
import socket
import sys
import threading
import time
from statistics import quantiles

import pytest
from harness import CHAT, MESSAGES, Way, run_script
from receiver import refuse

import promptlab
from promptlab.delivery.retry import backoff, parse_retry_after

RECORD = {"model": "m", "provider": "p", "messages": MESSAGES}


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
        for number in range(10_000):
            lab.api.log_request({"model": "m", "provider": "p", "messages": [{"role": "user", "content": f"{number} " + "word " * 1_800}]})
        for number in range(50):
            client.chat.completions.create(model="m", messages=text)
        stats = lab.stats()
        assert sum(stats.dropped.values()) + stats.queued == 10_051, stats
        assert stats.dropped["queue_full"] > 5_000 and stats.queued_bytes <= 8_000_000
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


def test_p65_a_connection_closed_while_idle_is_no_retry(sync: Way) -> None:
    sync.receiver.faults = [lambda upload: (200, sync.receiver.accept(upload), {"connection": "close"})]
    lab = sync.lab()
    for _ in range(3):
        lab.api.log_request(RECORD)
        assert lab.flush().ok
    assert sync.receiver.connections == 2 and lab.stats().retried == 0

    def silent(upload):
        # Says that the connection stays, and closes it all the same.
        threading.Timer(0.05, lambda: [sock.shutdown(socket.SHUT_RDWR) for sock in sockets]).start()
        return None

    sockets: list[socket.socket] = []
    original = sync.receiver.server.get_request

    def get_request():
        sock, address = original()
        sockets.append(sock)
        return sock, address

    sync.receiver.server.get_request = get_request
    other = sync.lab()
    sync.receiver.faults = [silent]
    for _ in range(2):
        other.api.log_request(RECORD)
        assert other.flush().ok
        time.sleep(0.15)
    assert other.stats().retried == 0


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


class _Proxy(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[str, str]] = []

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((self.path, self.headers.get("proxy-authorization", "")))
        records = json.loads(body)["logs"]
        answer = json.dumps(
            {
                "results": [
                    {"index": index, "id": record["id"], "status": "created"} for index, record in enumerate(records)
                ]
            }
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def test_p68_proxies_of_the_environment_are_used(sync: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("http_proxy", f"http://user:pa%20ss@127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    far = sync.lab(base_url="http://promptlab.internal:8000/base")
    far.api.log_request(RECORD)
    assert far.flush().ok
    assert _Proxy.seen == [("http://promptlab.internal:8000/base/api/v1/logs", "Basic dXNlcjpwYSBzcw==")]
    near = sync.lab()
    near.api.log_request(RECORD)
    assert near.flush().ok and len(_Proxy.seen) == 1 and len(sync.receiver.stored) == 1
    server.shutdown()
    server.server_close()


def test_p68_tls_is_verified() -> None:
    import ssl

    from promptlab.delivery.transport import _connect, urlsplit

    connection, _ = _connect(urlsplit("https://promptlab.example/base"), 1.0)
    context = connection._context
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname is True


def test_log_request_now_gives_the_verdict_or_raises(sync: Way) -> None:
    lab = sync.lab()
    receipt = lab.api.log_request_now(RECORD)
    assert receipt["status"] == "created" and asyncio.run(lab.api.alog_request_now(RECORD))["status"] == "created"
    sync.receiver.always = refuse(403)
    with pytest.raises(promptlab.PromptLabError) as refused:
        lab.api.log_request_now(RECORD)
    assert refused.value.reason == "unauthorized" and refused.value.http_status == 403


def test_a_transport_of_ones_own_sees_what_would_be_sent(provider) -> None:
    sent = []

    def transport(request: promptlab.Request) -> promptlab.Response:
        records = json.loads(request.body)["logs"]
        sent.extend(records)
        results = [{"index": index, "id": record["id"], "status": "created"} for index, record in enumerate(records)]
        return promptlab.Response(200, json.dumps({"results": results}).encode())

    lab = promptlab.PromptLab(api_key="test", transport=transport)
    lab.api.log_request(RECORD)
    assert lab.flush().ok and sent[0]["model"] == "m"
    lab.shutdown()


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
