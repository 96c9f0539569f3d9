"""E. Sampling, the switches and the key, and the page of an answer."""

from __future__ import annotations

import asyncio

import openai
import pytest
from harness import CHAT, RECORD, Way, run_script
from receiver import refuse

import promptlab
from promptlab.record.sampling import is_sampled


def test_p56_sampling_decides_once_per_trace_as_in_typescript(way: Way) -> None:
    # Values of the TypeScript SDK's isSampled().
    assert [is_sampled(f"trace-{number}", 0.5) for number in range(12)] == SAMPLED
    kept = [f"trace-{number}" for number in range(12) if SAMPLED[number]]
    client = way.track(sample_rate=0.5)
    for number in range(12):
        for _ in range(2):
            way.do(client.chat.completions.create(**CHAT, trace_id=f"trace-{number}"))
    left_out = f"trace-{SAMPLED.index(False)}"
    try:
        way.do(client.chat.completions.create(**{**CHAT, "model": "status-400"}, trace_id=left_out))
    except openai.BadRequestError:
        pass
    records = way.records
    assert sorted(record["trace_id"] for record in records) == sorted([*kept, *kept, left_out])
    assert records[0]["metadata"]["sample_rate"] == 0.5
    assert way.labs[0].stats().dropped == {"sampled_out": 24 - 2 * len(kept)}


SAMPLED = [True, True, False, True, True, False, False, False, True, False, True, False]


def test_p57_without_a_key_there_is_one_warning_and_nothing_else(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    import threading

    def workers():
        return {thread for thread in threading.enumerate() if thread.name == "promptlab"}

    before = workers()
    client = promptlab.track(way.make(), base_url=way.receiver.base_url)
    promptlab.track(way.make(), base_url=way.receiver.base_url, environment="other")
    way.do(client.chat.completions.create(**CHAT, prompt_slug="s"))
    with promptlab.trace("x"):
        pass
    assert [record.message for record in caplog.records if "PROMPTLAB_API_KEY" in record.message] and len(
        caplog.records
    ) == 1
    assert way.provider.wires[-1].json == CHAT and way.receiver.uploads == []
    assert not workers() - before
    assert promptlab.get_request_url(client) is None
    promptlab.shutdown()


def test_p57_switched_off_it_is_silent(provider, receiver) -> None:
    done = run_script(
        f"""
        import threading, openai, promptlab
        client = promptlab.track(openai.OpenAI(base_url={provider.base_url!r}))
        client.chat.completions.create(model="m", messages=[], tags={{"a": "b"}})
        assert promptlab.flush().ok and threading.active_count() == 1
    """,
        env={"PROMPTLAB_ENABLED": "false"},
    )
    assert done.stderr == "" and receiver.uploads == []


def test_p58_the_page_of_an_answer_a_stream_and_a_raw_response(way: Way) -> None:
    client = way.track()
    answer = way.do(client.chat.completions.create(**CHAT))
    stream = way.do(client.chat.completions.create(**CHAT, stream=True))
    raw = way.do(client.chat.completions.with_raw_response.create(**CHAT))
    way.items(stream)
    urls = [promptlab.get_request_url(one) for one in (answer, stream, raw)]
    assert urls == [f"{way.receiver.base_url}/requests?id={record['id']}" for record in way.records]
    other = way.do(way.make().chat.completions.create(**{**CHAT, "model": "m"}))
    assert promptlab.get_request_url(object()) is None and promptlab.get_request_url(None) is None
    assert other is not None


@pytest.mark.parametrize(
    ("key", "address"),
    [("pl_key\n", "{}/"), (' "pl_key" ', "'{}'"), ("pl_key", "{}/api/v1"), ("pl_key", " {}/api/v1/ \n")],
)
def test_p57_key_and_address_as_files_and_shells_give_them(
    sync: Way, monkeypatch: pytest.MonkeyPatch, key: str, address: str
) -> None:
    monkeypatch.setenv("PROMPTLAB_API_KEY", key)
    monkeypatch.setenv("PROMPTLAB_BASE_URL", address.format(sync.receiver.base_url))
    for options in ({}, {"api_key": key, "base_url": address.format(sync.receiver.base_url)}):
        lab = promptlab.PromptLab(**options)
        sync.labs.append(lab)
        lab.api.log_request({"model": "m", "provider": "p", "messages": []})
        assert lab.flush().ok
    assert {upload.headers["authorization"] for upload in sync.receiver.uploads} == {"Bearer pl_key"}
    assert {upload.path for upload in sync.receiver.uploads} == {"/api/v1/logs"}


def test_p57_a_key_that_can_be_none_is_one_clear_sentence(sync: Way, caplog: pytest.LogCaptureFixture) -> None:
    client = promptlab.track(sync.make(), api_key="pl_a\nb", base_url=sync.receiver.base_url)
    client.chat.completions.create(**CHAT)
    assert [record.message for record in caplog.records] == [
        "[promptlab] The API key holds blanks, line breaks or letters that no key has, so nothing is recorded."
    ]
    promptlab.shutdown()


@pytest.mark.parametrize("kind", [SystemExit, asyncio.CancelledError, KeyboardInterrupt])
def test_p54_a_mask_or_a_handler_that_ends_its_thread_costs_no_record(sync: Way, kind: type[BaseException]) -> None:
    def end(given: object) -> None:
        raise kind

    lab = sync.lab(mask=end, on_error=end)
    sync.receiver.faults = [refuse(500)]
    lab.api.log_request(RECORD)
    for _ in range(5):
        lab.flush()
    [record] = sync.receiver.records
    assert "Say hello" not in str(record)


def test_a_transport_that_ends_its_thread_costs_no_record(sync: Way) -> None:
    def transport(request: promptlab.Request) -> promptlab.Response:
        raise asyncio.CancelledError

    lab = sync.lab(transport=transport)
    lab.api.log_request(RECORD)
    assert lab.flush(timeout=0.3) == (False, 1)


def test_the_lines_of_debug_never_go_to_stdout(
    sync: Way, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = sync.track(debug=True)
    monkeypatch.setattr("sys.stderr", None)
    client.chat.completions.create(**CHAT)
    assert sync.record["status"] == "success"
    assert capsys.readouterr().out == ""
