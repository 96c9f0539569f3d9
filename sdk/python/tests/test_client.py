"""A. The client stays the client."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
import time
import traceback
from unittest import mock

import openai
import pytest
from harness import CHAT, MESSAGES, VERSION, Way, run_script, thrown_by
from pydantic import BaseModel

import promptlab

HAS_RESPONSES = VERSION >= (1, 66)
EXTRAS = {"prompt_slug": "greeting", "tags": {"env": "test"}}


def test_p01_track_gives_the_same_client_and_shows_nothing_of_itself(way: Way) -> None:
    raw, client = way.make(), way.make()
    assert way.track(client) is client
    assert type(client) is way.client_class and isinstance(client, way.client_class)
    assert repr(client).split(" at ")[0] == repr(raw).split(" at ")[0]
    assert dir(client) == dir(raw)
    public = [name for name, value in vars(raw).items() if not name.startswith("_") and not hasattr(value, "__dict__")]
    assert {name: getattr(client, name) for name in public} == {name: getattr(raw, name) for name in public}


def test_p02_track_imports_nothing_and_makes_no_resource() -> None:
    # In 1.40 the client makes all its resources itself.
    run_script(
        """
        import sys
        import openai, promptlab
        for client in (openai.OpenAI(), openai.AsyncOpenAI()):
            modules, cached = set(sys.modules), set(client.__dict__)
            promptlab.track(client, api_key="pl_x")
            assert set(sys.modules) == modules, set(sys.modules) - modules
            added = set(client.__dict__) - cached
            assert added | {'copy', 'with_options'} == {"request", "_process_response", "copy", "with_options"}, added
            assert client.chat.completions.create.__self__ is client.chat.completions
            assert client.chat.completions.__dict__["create"]
    """,
        is_fresh=True,
    )


def test_p03_a_client_that_is_not_tracked_has_nothing_of_ours(way: Way) -> None:
    way.track().chat.completions
    client = way.make()
    thrown = thrown_by(lambda: way.do(client.chat.completions.create(**{**CHAT, "model": "status-400"})))
    files = [frame.filename for frame in traceback.extract_tb(thrown.__traceback__)]
    assert not [name for name in files if "promptlab/_" in name]
    for owner in (client, client.chat.completions, client.embeddings):
        for name in ("request", "_process_response", "create", "post", "copy", "with_options"):
            assert name not in owner.__dict__
    assert not hasattr(type(client).request, "promptlab_state")


def _shimmed(client) -> list[tuple[object, str]]:
    resources = [client.chat.completions, client.completions, client.embeddings, client.moderations, client.images]
    resources += [client.audio.transcriptions, client.audio.translations, client.audio.speech]
    resources += [client.responses] if HAS_RESPONSES else []
    return [(resource, name) for resource in resources for name in resource.__dict__ if name in vars(type(resource))]


def test_p04_signatures_stay_and_arguments_are_checked_at_once(way: Way) -> None:
    raw, client = way.make(), way.track()
    methods = _shimmed(client)
    assert len(methods) >= 10
    for resource, name in methods:
        original = getattr(type(resource), name)
        method = getattr(resource, name)
        assert inspect.signature(method) == inspect.signature(original.__get__(resource)), name
        assert (method.__name__, method.__doc__, method.__qualname__) == (name, original.__doc__, original.__qualname__)
        assert method.__self__ is resource
        if sys.version_info >= (3, 11):
            assert inspect.iscoroutinefunction(method) == inspect.iscoroutinefunction(original), name
        assert asyncio.iscoroutinefunction(method) == asyncio.iscoroutinefunction(original), name
    for method_name in ("chat.completions", "embeddings"):
        seen = []
        for one in (raw, client):
            owner = one
            for part in method_name.split("."):
                owner = getattr(owner, part)
            # Not awaited: the argument is refused before.
            seen.append(str(thrown_by(lambda owner=owner: owner.create(**CHAT, input="x", modle="x"))))
            assert (
                type(thrown_by(lambda owner=owner: owner.create(**CHAT, modle="x", **EXTRAS))) in (TypeError,)
                or one is raw
            )
        assert seen[0] == seen[1]


def test_p05_the_answer_is_what_the_library_made(way: Way) -> None:
    params = {**CHAT, "model": "unknown-field"}
    raw = way.do(way.make().chat.completions.create(**params))
    answer = way.do(way.track().chat.completions.create(**params, **EXTRAS))
    assert type(answer) is type(raw) and answer == raw and answer.model_dump() == raw.model_dump()
    assert answer.n_surprise == {"kept": True}
    assert getattr(answer, "_request_id", "req_123") == "req_123"
    assert vars(answer).keys() == vars(raw).keys()


def test_p06_raw_responses_are_the_librarys(way: Way) -> None:
    client = way.track(way.make(max_retries=2))
    answer = way.do(client.chat.completions.with_raw_response.create(**{**CHAT, "model": "once-503"}, **EXTRAS))
    assert type(answer).__module__.startswith("openai.")
    assert answer.headers["x-request-id"] == "req_123" and answer.status_code == 200
    assert answer.retries_taken == 1
    first, second = answer.parse(), answer.parse()
    assert first is second and first.choices[0].message.content == "Hello from the stand-in"
    assert way.record["prompt_slug"] == "greeting"


@pytest.mark.parametrize("reading", ["read", "json", "text", "parse", "iter_lines", "iter_bytes", "nothing"])
def test_p07_streaming_responses_read_as_without_us(way: Way, reading: str) -> None:
    def read(response):
        if reading == "nothing":
            return response.status_code
        if reading.startswith("iter"):
            return way_items(getattr(response, reading)())
        return getattr(response, reading)()

    async def collect(iterator):
        return [item async for item in iterator]

    def way_items(iterator):
        return collect(iterator) if way.is_async else list(iterator)

    seen = [
        way.inside(client.chat.completions.with_streaming_response.create(**CHAT, **extras), read)
        for client, extras in ((way.make(), {}), (way.track(), EXTRAS))
    ]
    assert seen[0] == seen[1]
    record = way.record
    assert record["prompt_slug"] == "greeting" and record["status"] == "success"
    if reading != "nothing":
        assert record["response_content"] == "Hello from the stand-in" and record["output_tokens"] == 7


def test_p07_a_body_is_not_read_before_the_caller_reads_it(way: Way) -> None:
    stream = {**CHAT, "model": "endless", "stream": True}

    def read(response):
        return response.http_response.is_stream_consumed

    manager = way.track().chat.completions.with_streaming_response.create(**stream)
    assert way.inside(manager, read) is False
    assert way.record["status"] in ("aborted", "success")


def test_p08_helpers_give_the_librarys_objects(way: Way) -> None:
    class Place(BaseModel):
        city: str

    whole = dict(id="c", object="chat.completion", created=1, model="m")
    message = {"role": "assistant", "content": '{"city":"Oslo"}', "refusal": None}
    way.provider.answers["place"] = {**whole, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    raw, client = way.make(), way.track()

    def helpers(one):
        return one.chat.completions if VERSION >= (1, 92) else one.beta.chat.completions

    place = {"model": "place", "messages": MESSAGES, "response_format": Place}
    parsed = [way.do(helpers(raw).parse(**place)), way.do(helpers(client).parse(**place, **EXTRAS))]
    assert type(parsed[0]) is type(parsed[1]) and parsed[0].model_dump() == parsed[1].model_dump()
    assert parsed[1].choices[0].message.parsed == Place(city="Oslo")

    def read(stream):
        async def read_async():
            events = [event.type async for event in stream]
            return events, (await stream.get_final_completion()).model_dump()

        if way.is_async:
            return read_async()
        return [event.type for event in stream], stream.get_final_completion().model_dump()

    seen = [way.inside(helpers(one).stream(**CHAT, **extras), read) for one, extras in ((raw, {}), (client, EXTRAS))]
    assert seen[0] == seen[1]
    records = way.records
    assert [record["prompt_slug"] for record in records] == ["greeting", "greeting"]
    assert records[1]["response_content"] == "Hello from the stand-in"
    if HAS_RESPONSES:
        _compare_responses_stream(way, raw, client)


def _compare_responses_stream(way: Way, raw, client) -> None:
    def read(stream):
        async def read_async():
            return [event.type async for event in stream], (await stream.get_final_response()).output_text

        return (
            read_async()
            if way.is_async
            else ([event.type for event in stream], stream.get_final_response().output_text)
        )

    given = {"model": "m", "input": "hi"}
    seen = [way.inside(one.responses.stream(**given, **extras), read) for one, extras in ((raw, {}), (client, EXTRAS))]
    assert seen[0] == seen[1]
    parsed = [way.do(raw.responses.parse(**given)), way.do(client.responses.parse(**given, **EXTRAS))]
    assert type(parsed[0]) is type(parsed[1]) and parsed[0].output_text == parsed[1].output_text
    assert [record["prompt_slug"] for record in way.records][2:] == ["greeting", "greeting"]


def test_p09_clones_are_tracked_and_share_the_http_client(way: Way) -> None:
    client = way.track()
    for clone in (client.with_options(timeout=7), client.copy(), client.with_options().with_options()):
        assert type(clone) is type(client) and clone is not client
        assert clone._client is client._client
        way.do(clone.chat.completions.create(**CHAT, **EXTRAS))
    assert client.with_options(timeout=7).timeout == 7
    assert inspect.signature(client.copy) == inspect.signature(way.make().copy)
    assert [record["prompt_slug"] for record in way.records] == ["greeting"] * 3


def test_p10_resources_read_before_are_tracked_too(way: Way) -> None:
    client = way.make()
    completions, raw = client.chat.completions, client.chat.completions.with_raw_response
    assert client.with_raw_response is not None
    way.track(client)
    way.do(completions.create(**CHAT, **EXTRAS))
    way.do(raw.create(**CHAT, **EXTRAS))
    way.do(client.chat.completions.with_raw_response.create(**CHAT, **EXTRAS))
    way.do(client.with_raw_response.chat.completions.create(**CHAT, **EXTRAS))
    assert [record["prompt_slug"] for record in way.records] == ["greeting"] * 4


def test_p11_tracking_twice_records_once(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    client = way.make()
    lab = way.lab()
    assert lab.track(lab.track(client)) is client
    promptlab.track(client)
    assert not caplog.records
    way.lab(environment="other").track(client)
    way.lab(environment="third").track(client)
    assert [record.message for record in caplog.records] == [
        "[promptlab] This client is tracked already; these options change nothing."
    ]
    way.do(client.chat.completions.create(**CHAT))
    assert "environment" not in way.record


def test_p12_other_calls_pass_through_unrecorded(way: Way) -> None:
    client = way.track()
    assert [model.id for model in way.items(client.models.list())] == ["m"]
    assert way.do(client.files.content("file-1")).content == b"\x00\x01binary"
    assert way.do(client.post("/anything", cast_to=object, body={"a": 1})) == {"ok": True, "path": "/v1/anything"}
    way.do(
        client.batches.create(completion_window="24h", endpoint="/v1/responses", input_file_id="f", metadata={"a": "b"})
    )
    assert way.records == []


def test_p13_a_custom_http_client_stays_and_its_hooks_run_once(way: Way) -> None:
    seen = []

    def note(message):
        seen.append(type(message).__name__)

    async def note_async(message):
        seen.append(type(message).__name__)

    kind = openai.DefaultAsyncHttpxClient if way.is_async else openai.DefaultHttpxClient
    hook = note_async if way.is_async else note
    http_client = kind(event_hooks={"request": [hook], "response": [hook]})
    client = way.track(way.make(http_client=http_client))
    assert client._client is http_client
    way.do(client.chat.completions.create(**CHAT, **EXTRAS))
    assert seen == ["Request", "Response"]


def test_p14_mocks_replace_the_method_and_give_it_back(way: Way) -> None:
    client = way.track()
    before = client.chat.completions.create
    with mock.patch.object(client.chat.completions, "create", return_value="mocked"):
        assert client.chat.completions.create(**CHAT, **EXTRAS) == "mocked"
    assert client.chat.completions.create == before
    way.do(client.chat.completions.create(**CHAT, **EXTRAS))
    assert way.record["prompt_slug"] == "greeting"


def test_p15_threads_never_mix_answers_or_records(sync: Way) -> None:
    client = sync.track()
    for number in range(8):
        sync.provider.answers[f"m-{number}"] = {
            "id": f"a-{number}",
            "object": "chat.completion",
            "created": 1,
            "model": f"m-{number}",
            "choices": [],
        }
    wrong = []

    def work(number: int) -> None:
        for round_ in range(10):
            answer = client.chat.completions.create(
                model=f"m-{number}", messages=MESSAGES, trace_id=f"{number}-{round_}"
            )
            if answer.id != f"a-{number}":
                wrong.append(answer.id)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = sync.records
    assert not wrong and len(records) == 80
    for record in records:
        assert (
            record["trace_id"].split("-")[0] == record["model"].split("-")[1] == record["response"]["id"].split("-")[1]
        )


def test_p16_cancelling_ends_the_call_at_once(provider, receiver) -> None:
    way = Way(True, provider, receiver)
    client = way.track()

    async def run():
        task = asyncio.ensure_future(client.chat.completions.create(**{**CHAT, "model": "slow"}, **EXTRAS))
        await asyncio.sleep(0.1)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < 0.5
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.chat.completions.create(**{**CHAT, "model": "slow"}), 0.1)
        with pytest.raises(openai.APITimeoutError):
            await client.with_options(timeout=0.1).chat.completions.create(**{**CHAT, "model": "slow"})
        provider.release.set()
        await client.chat.completions.create(**CHAT)

    way.do(run())
    assert [record["status"] for record in way.records] == ["aborted", "aborted", "error", "success"]
    assert way.records[0]["messages"] == MESSAGES
    way.end()


def test_p18_a_process_that_works_says_nothing(receiver, provider) -> None:
    done = run_script(f"""
        import asyncio, logging, sys
        records = []
        class Keep(logging.Handler):
            def emit(self, record): records.append(record)
        logging.getLogger("promptlab").addHandler(Keep())
        import openai, promptlab
        given = dict(api_key="sk-x", base_url={provider.base_url!r})
        client = promptlab.track(openai.OpenAI(**given), api_key="pl", base_url={receiver.base_url!r})
        say = dict(model="m", messages=[{{"role": "user", "content": "x"}}])
        client.chat.completions.create(**say, prompt_slug="a")
        list(client.chat.completions.create(**say, stream=True))
        async def main():
            other = promptlab.track(openai.AsyncOpenAI(**given), api_key="pl", base_url={receiver.base_url!r})
            await other.chat.completions.create(**say)
            async for _ in await other.chat.completions.create(**say, stream=True): pass
            await other.close()
            assert (await promptlab.aflush()).ok
        asyncio.run(main())
        client.close()
        assert not records
    """)
    assert done.stdout == "" and done.stderr == ""
    assert len(receiver.records) == 4
