"""C. Streams."""

from __future__ import annotations

import gc
import tracemalloc

import openai
import pytest
from fake_openai import RESPONSES_USAGE, USAGE, chunk, delta, response
from harness import CHAT, VERSION, Way, thrown_by

TEXT = "Hello from the stand-in"
STREAM = {**CHAT, "stream": True}
needs_responses = pytest.mark.skipif(VERSION < (1, 66), reason="this openai has no responses")


def test_p27_a_stream_is_the_librarys(way: Way) -> None:
    raw = way.do(way.make().chat.completions.create(**STREAM))
    stream = way.do(way.track().chat.completions.create(**STREAM))
    assert type(stream) is type(raw) and isinstance(stream, openai.AsyncStream if way.is_async else openai.Stream)
    assert type(stream._iterator) is type(raw._iterator)
    assert stream.response.status_code == 200 and stream.response.headers["x-request-id"] == "req_123"
    assert way.items(stream) == way.items(raw)
    assert way.items(stream) == way.items(raw) == []
    way.close(stream)


def test_p27_in_with_and_by_next(way: Way) -> None:
    client = way.track()
    stream = way.do(client.chat.completions.create(**STREAM))
    assert len(way.inside(stream, lambda value: way.items(value) if not way.is_async else _all(value))) == 7
    stream = way.do(client.chat.completions.create(**STREAM))
    first = way.do(stream.__anext__()) if way.is_async else next(stream)
    assert first.choices[0].delta.role == "assistant" and len(way.items(stream)) == 6
    assert [record["response_content"] for record in way.records] == [TEXT, TEXT]


async def _all(stream):
    return [item async for item in stream]


def test_p28_read_to_its_end_it_is_the_record_of_the_whole_answer(way: Way) -> None:
    client = way.track()
    way.do(client.chat.completions.create(**CHAT))
    way.items(way.do(client.chat.completions.create(**STREAM, stream_options={"include_usage": True})))
    whole, streamed = way.records
    assert streamed["stream"] is True and whole["stream"] is False
    whole["response"].pop("service_tier")
    assert streamed["response"] == whole["response"]
    for name in (
        "response_content",
        "status",
        "finish_reason",
        "response_model",
        "input_tokens",
        "output_tokens",
        "messages",
    ):
        assert streamed[name] == whole[name], name


def test_p29_close_is_one_record_at_once_with_no_more_than_was_read(way: Way) -> None:
    stream = way.do(way.track().chat.completions.create(**STREAM))
    way.items(stream, 3)
    way.close(stream)
    record = way.record
    assert record["response_content"] == "Hello from" and record["status"] == "aborted"
    way.close(stream)
    assert len(way.records) == 1 and stream is not None


def test_p30_leaving_with_early_is_one_record_and_closes_the_connection(way: Way) -> None:
    stream = way.do(way.track().chat.completions.create(**{**STREAM, "model": "endless"}))

    async def leave():
        async with stream:
            async for _ in stream:
                break

    if way.is_async:
        way.do(leave())
    else:
        with stream:
            for _ in stream:
                break
    assert way.record["status"] == "aborted"
    assert way.provider.closed_early.wait(2)


def test_p31_aclose_without_a_garbage_collection(way: Way) -> None:
    gc.disable()
    try:
        stream = way.do(way.track().chat.completions.create(**STREAM))
        way.items(stream, 2)
        way.do(
            stream.aclose()
            if hasattr(stream, "aclose")
            else stream.response.aclose()
            if way.is_async
            else stream.close()
        )
        assert way.record["response_content"] == "Hello" and way.record["status"] == "aborted"
        iterator = way.do(way.track().chat.completions.create(**STREAM))._iterator
        way.do(iterator.__anext__() if way.is_async else None) or (None if way.is_async else next(iterator))
        way.do(iterator.aclose() if way.is_async else iterator.close())
        assert [record["status"] for record in way.records] == ["aborted", "aborted"]
    finally:
        gc.enable()


def test_p31_a_stream_that_nobody_reads_is_a_record_when_it_is_collected(way: Way) -> None:
    client = way.track()
    stream = way.do(client.chat.completions.create(**STREAM))
    way.do(stream.response.aclose() if way.is_async else None)
    del stream
    gc.collect()
    way.do(_turn()) if way.is_async else None
    assert way.record["status"] == "aborted"


async def _turn() -> None:
    pass


def test_p32_an_error_in_the_middle_is_one_record_with_the_text_before_it(way: Way) -> None:
    error = {"message": "It broke", "type": "server_error", "code": "broke"}
    way.provider.events["breaks"] = [chunk(choices=[delta("So far")]), {"error": error}]
    stream = way.do(way.track().chat.completions.create(**{**STREAM, "model": "breaks"}))
    thrown = thrown_by(lambda: way.items(stream))
    assert type(thrown) is openai.APIError and thrown.message == "It broke"
    record = way.record
    assert record["status"] == "error" and record["response_content"] == "So far"
    assert record["error"]["message"] == "It broke" and record["error"]["code"] == "broke"


def test_p33_choices_and_tool_calls_are_put_together_by_index(way: Way) -> None:
    def tool(index, **parts):
        return delta(index=0, tool_calls=[{"index": index, **parts}])

    way.provider.events["tools"] = [
        chunk(
            choices=[
                delta("B", index=1),
                tool(0, id="call_a", type="function", function={"name": "a", "arguments": ""}),
            ]
        ),
        chunk(choices=[tool(1, id="call_b", type="function", function={"name": "b", "arguments": '{"x"'})]),
        chunk(choices=[tool(0, function={"arguments": '{"y":1}'}), delta("C", index=1)]),
        chunk(choices=[tool(1, function={"arguments": ":2}"})]),
        chunk(choices=[delta(index=1, finish="stop"), delta(finish="tool_calls")]),
    ]
    way.items(way.do(way.track().chat.completions.create(**{**STREAM, "model": "tools", "n": 2})))
    first, second = way.record["response"]["choices"]
    assert [(call["id"], call["function"]) for call in first["message"]["tool_calls"]] == [
        ("call_a", {"name": "a", "arguments": '{"y":1}'}),
        ("call_b", {"name": "b", "arguments": '{"x":2}'}),
    ]
    assert first["message"]["content"] is None and first["finish_reason"] == "tool_calls"
    assert second["message"]["content"] == "BC" and second["finish_reason"] == "stop"


class _Redirected:
    """Sends to the stand-in what is meant for the host of the provider."""

    def __init__(self, way: Way) -> None:
        name = "DefaultAsyncHttpxClient" if way.is_async else "DefaultHttpxClient"
        base = way.provider.base_url.replace("/v1", "")
        kind = getattr(openai, name)

        class Client(kind):
            def build_request(self, method, url, **kwargs):
                return super().build_request(method, str(url).replace("https://api.openai.com", base), **kwargs)

        self.client = Client()


def test_p34_usage_of_a_stream(way: Way) -> None:
    asked = way.items(way.do(way.track().chat.completions.create(**STREAM, stream_options={"include_usage": True})))
    assert asked[-1].usage is not None and len(asked) == 8
    http_client = _Redirected(way).client
    openai_host = {"base_url": "https://api.openai.com/v1", "http_client": http_client}
    wanted = way.items(way.do(way.make().chat.completions.create(**STREAM)))
    seen = way.items(way.do(way.track(way.make(**openai_host)).chat.completions.create(**STREAM)))
    assert way.provider.wires[-1].json["stream_options"] == {"include_usage": True}
    assert seen == wanted
    way.items(way.do(way.track(way.make(**openai_host), stream_usage="never").chat.completions.create(**STREAM)))
    assert "stream_options" not in way.provider.wires[-1].json
    way.items(way.do(way.track(stream_usage="always").chat.completions.create(**STREAM)))
    assert way.provider.wires[-1].json["stream_options"] == {"include_usage": True}
    records = way.records
    assert [record.get("output_tokens") for record in records] == [7, 7, None, 7]
    assert records[1]["provider"] == "openai"
    assert "parameters" not in records[1] and records[0]["parameters"] == {"stream_options": {"include_usage": True}}


def test_p35_time_to_first_token_is_that_of_the_first_words(way: Way) -> None:
    way.items(way.do(way.track().chat.completions.create(**{**STREAM, "model": "slow-start"})))
    record = way.record
    assert record["metadata"]["time_to_first_chunk_ms"] + 100 < record["ttft_ms"] <= record["latency_ms"]


def test_p36_a_stream_of_20_mb_is_kept_in_little_memory(sync: Way) -> None:
    client = sync.track(field_bytes=500_000)
    list(client.chat.completions.create(**STREAM))
    sync.records
    tracemalloc.start(1)
    try:
        peak = kept = 0
        for _ in client.chat.completions.create(**{**STREAM, "model": "huge"}):
            kept += 1
            if kept % 50 == 0:
                found = tracemalloc.take_snapshot().filter_traces(
                    [tracemalloc.Filter(True, "*/promptlab/*"), tracemalloc.Filter(True, "*/json/*")]
                )
                peak = max(peak, sum(trace.size for trace in found.traces))
    finally:
        tracemalloc.stop()
    assert kept == 501 and peak < 5_000_000, peak
    record = sync.records[1]
    assert record["metadata"]["truncated"] is True and record["status"] == "success"
    assert record["response_content"].endswith("…[truncated, 20000000 characters in all]")


@needs_responses
def test_p37_responses_end_with_their_own_answer_or_are_put_together(way: Way) -> None:
    client = way.track()
    given = {"model": "m", "input": "hi", "stream": True}
    way.items(way.do(client.responses.create(**given)))
    stream = way.do(client.responses.create(**given))
    way.items(stream, 6)
    way.close(stream)
    way.provider.events["fails"] = [
        {
            "type": "response.failed",
            "sequence_number": 1,
            "response": response("failed", error={"code": "server_error", "message": "No model."}),
        }
    ]
    way.items(way.do(client.responses.create(**{**given, "model": "fails"})))
    whole, cut, failed = way.records
    assert whole["response"] == {**response(), "output_text": TEXT} and whole["status"] == "success"
    assert whole["output_tokens"] == RESPONSES_USAGE["output_tokens"] and whole["response_content"] == TEXT
    assert cut["status"] == "aborted" and cut["response_content"] == "Hello from the"
    assert failed["status"] == "error" and failed["error"]["message"] == "No model."


def test_p28_legacy_completions(way: Way) -> None:
    parts = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "served"}
    pieces = [
        {**parts, "choices": [{"index": 0, "text": text, "finish_reason": None, "logprobs": None}]}
        for text in ("Once", " upon")
    ]
    way.provider.events["old"] = [
        *pieces,
        {**parts, "choices": [{"index": 0, "text": "", "finish_reason": "length", "logprobs": None}], "usage": USAGE},
    ]
    way.items(way.do(way.track().completions.create(model="old", prompt="x", stream=True)))
    record = way.record
    assert record["response_content"] == "Once upon" and record["status"] == "incomplete" and record["messages"] == "x"


def test_a_raw_stream_is_read_in_any_way(way: Way) -> None:
    client = way.track()

    def read(response):
        return way.items(response.iter_lines()) if not way.is_async else _all(response.iter_lines())

    def parse(response):
        async def read_async():
            return [chunk async for chunk in await response.parse()]

        return read_async() if way.is_async else list(response.parse())

    for reading in (read, parse):
        way.inside(client.chat.completions.with_streaming_response.create(**STREAM), reading)
    raw = way.do(client.chat.completions.with_raw_response.create(**STREAM))
    parsed = raw.parse()
    way.items(way.do(parsed) if hasattr(parsed, "__await__") else parsed)
    records = way.records
    assert [record["response_content"] for record in records] == [TEXT] * 3
    assert [record["status"] for record in records] == ["success"] * 3


def test_a_raw_stream_that_is_parsed_ends_with_its_last_chunk(way: Way) -> None:
    client = way.track()

    def read(response):
        stream = response.parse()
        # What is kept by now is not delivered: the call goes on.
        way.items(stream, 1)
        assert way.records == []
        way.items(stream)

    async def read_async(response):
        stream = response.parse()
        stream = await stream if hasattr(stream, "__await__") else stream
        await stream.__anext__()
        assert way.records == []
        async for _ in stream:
            pass

    way.inside(client.chat.completions.with_streaming_response.create(**STREAM), read_async if way.is_async else read)
    assert (way.record["response_content"], way.record["status"]) == (TEXT, "success")


def test_a_raw_stream_that_is_parsed_and_fails_is_an_error(way: Way) -> None:
    client = way.track()
    way.provider.events["fails"] = [{"error": {"message": "No model.", "type": "server_error", "code": "no_model"}}]

    async def read_async(response):
        stream = response.parse()
        stream = await stream if hasattr(stream, "__await__") else stream
        return [chunk async for chunk in stream]

    def read(response):
        return read_async(response) if way.is_async else list(response.parse())

    with pytest.raises(openai.APIError):
        way.inside(client.chat.completions.with_streaming_response.create(**{**STREAM, "model": "fails"}), read)
    assert way.record["status"] == "error" and way.record["error"]["message"] == "No model."


def test_a_raw_stream_that_is_parsed_in_the_same_expression_is_read_and_recorded(way: Way) -> None:
    def read(client):
        return way.items(way.do(client.chat.completions.with_raw_response.create(**STREAM)).parse())

    assert read(way.track()) == read(way.make())
    assert (way.record["response_content"], way.record["status"]) == (TEXT, "success")


def test_a_raw_stream_that_is_dropped_is_a_record(sync: Way) -> None:
    raw = sync.track().chat.completions.with_raw_response.create(**STREAM)
    assert raw.status_code == 200
    del raw
    gc.collect()
    assert sync.record["metadata"]["abandoned"] is True


def test_a_stream_that_was_read_is_no_work_for_the_garbage_collector(way: Way) -> None:
    def read(client) -> None:
        way.items(way.do(client.chat.completions.create(**STREAM)))
        way.inside(client.chat.completions.with_streaming_response.create(**CHAT), lambda response: response.read())

    def garbage(client) -> int:
        read(client)
        assert way.records is not None
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                read(client)
            assert way.records is not None
            return gc.collect()
        finally:
            gc.enable()

    raw = garbage(way.make())
    assert garbage(way.track()) <= raw + 300


def test_p34_who_reads_the_body_sees_no_chunk_that_we_asked_for(way: Way) -> None:
    def read(response):
        return way.items(response.iter_lines()) if not way.is_async else _all(response.iter_lines())

    def lines(client):
        return way.inside(client.chat.completions.with_streaming_response.create(**STREAM), read)

    client = way.make(base_url="https://api.openai.com/v1", http_client=_Redirected(way).client)
    assert lines(way.track(client)) == lines(way.make())
    assert way.record["response_content"] == TEXT
