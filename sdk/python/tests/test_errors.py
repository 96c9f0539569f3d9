"""D. Errors."""

from __future__ import annotations

import gc
import traceback
import weakref

import openai
import pytest
from harness import CHAT, MESSAGES, VERSION, Way, thrown_by

LIMITED = {**CHAT, "model": "status-429"}


def test_p38_the_exception_is_the_librarys_own(way: Way) -> None:
    seen = []
    for client, extras in ((way.make(), {}), (way.track(), {"prompt_slug": "s"})):
        thrown = thrown_by(
            lambda client=client, extras=extras: way.do(client.chat.completions.create(**LIMITED, **extras))
        )
        innermost = traceback.extract_tb(thrown.__traceback__)[-1].filename
        assert "openai" in innermost.replace("fake_openai", "")
        request_id = getattr(thrown, "request_id", None)
        seen.append(
            (type(thrown), str(thrown), thrown.code, thrown.status_code, thrown.body, request_id, thrown.__cause__)
        )
    assert seen[0] == seen[1] and seen[0][0] is openai.RateLimitError and seen[0][2] == "rate_limit_exceeded"


def test_p39_a_failed_call_is_one_record_with_all_that_is_known(way: Way) -> None:
    thrown_by(lambda: way.do(way.track().chat.completions.create(**LIMITED)))
    record = way.record
    assert record["status"] == "error" and record["messages"] == MESSAGES and record["model"] == "status-429"
    error = record["error"]
    assert (error["http_status"], error["code"], error["type"], error["param"]) == (
        429,
        "rate_limit_exceeded",
        "requests",
        "model",
    )
    assert "slow down" in error["message"]
    assert record["metadata"]["error_class"] == "RateLimitError" and record["metadata"]["http_status"] == 429
    assert record["provider_request_id"] == "req_123"


def test_p39_a_key_in_the_message_is_not_recorded(way: Way) -> None:
    way.provider.answers["keyed"] = {
        "error": {"message": "Incorrect API key provided: sk-test-key-123456 or pl_test_key."}
    }
    way.do(way.track().chat.completions.create(**{**CHAT, "model": "keyed"}))
    assert way.record["error"]["message"] == "Incorrect API key provided: [key] or [key]."


def test_p40_refused_late_and_bad_answers_are_told_apart(way: Way) -> None:
    lab = way.lab()
    away = lab.track(way.make(base_url="http://127.0.0.1:9/v1"))
    slow = lab.track(way.make(timeout=0.1))
    bad = lab.track(way.make())
    thrown = [
        thrown_by(lambda: way.do(away.chat.completions.create(**CHAT))),
        thrown_by(lambda: way.do(slow.chat.completions.create(**{**CHAT, "model": "slow"}))),
        thrown_by(lambda: way.do(bad.chat.completions.create(**{**CHAT, "model": "no-json"}))),
    ]
    assert [type(one).__name__ for one in thrown][:2] == ["APIConnectionError", "APITimeoutError"]
    records = way.records
    assert [record["error"]["type"] for record in records] == [type(one).__name__ for one in thrown]
    assert all(record["messages"] == MESSAGES and record["status"] == "error" for record in records)


def _is_let_go_of(way: Way, client) -> list[bool]:
    thrown = thrown_by(lambda: way.do(client.chat.completions.create(**LIMITED)))
    references = [weakref.ref(thrown), weakref.ref(thrown.response)]
    thrown.__traceback__ = None
    del thrown
    gc.collect()
    return [reference() is None for reference in references]


def test_p41_nothing_of_the_failure_is_kept(way: Way) -> None:
    # The event loop of Python 3.9 keeps the last exception itself.
    wanted = _is_let_go_of(way, way.make())
    assert _is_let_go_of(way, way.track(batch_interval=60)) == wanted
    assert wanted == [True, True] or way.is_async
    assert len(way.records) == 1


@pytest.mark.parametrize("attempts", [2])
def test_retries_are_one_record_and_counted(way: Way, attempts: int) -> None:
    client = way.track(way.make(max_retries=3))
    way.do(client.chat.completions.create(**{**CHAT, "model": "once-503"}))
    record = way.record
    assert (
        record["status"] == "success"
        and record["metadata"]["attempts"] == attempts
        and record["metadata"]["retried"] is True
    )


def test_p39_nor_one_that_the_client_was_given_later(way: Way) -> None:
    def key() -> str:
        return "of-a-function-123"

    async def key_async() -> str:
        return key()

    repeat = lambda word: {"error": {"message": f"Incorrect API key provided: {word}."}}  # noqa: E731
    client = way.track()
    client.api_key = "set-later-123"
    way.provider.answers["repeats"] = repeat("set-later-123")
    way.do(client.chat.completions.create(**{**CHAT, "model": "repeats"}))
    if VERSION >= (1, 106):
        client = way.track(way.make(api_key=key_async if way.is_async else key))
        way.provider.answers["repeats"] = repeat("of-a-function-123")
        way.do(client.chat.completions.create(**{**CHAT, "model": "repeats"}))
    for record in way.records:
        assert record["error"]["message"] == "Incorrect API key provided: [key]."
