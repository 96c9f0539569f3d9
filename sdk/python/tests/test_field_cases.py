"""Answers that fail with status 200, odd token counts, prices, and streams in pieces of many makes; as for the TypeScript SDK."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from fake_openai import chunk, completion, delta, response
from harness import CHAT, MESSAGES, VERSION, Way

needs_responses = pytest.mark.skipif(VERSION < (1, 66), reason="this openai has no responses")
SOUND = ("a.wav", b"abc", "audio/wav")
# A call of each kind of endpoint.
CALLS: dict[str, Any] = {
    "chat": lambda client, model: client.chat.completions.create(model=model, messages=MESSAGES),
    "completions": lambda client, model: client.completions.create(model=model, prompt="x"),
    "responses": lambda client, model: client.responses.create(model=model, input="x"),
    "embeddings": lambda client, model: client.embeddings.create(model=model, input="x"),
    "moderations": lambda client, model: client.moderations.create(model=model, input="x"),
    "images": lambda client, model: client.images.generate(model=model, prompt="x"),
}


def _answered(way: Way, kind: str, body: Any) -> dict[str, Any]:
    way.provider.answers["odd"] = body
    try:
        way.do(CALLS[kind](way.track(), "odd"))
    except Exception:  # noqa: BLE001 -- what the library makes of such an answer is the caller's to see
        pass
    return way.records[-1]


def _kinds():
    return [pytest.param(kind, marks=needs_responses if kind == "responses" else ()) for kind in CALLS]


@pytest.mark.parametrize("kind", _kinds())
def test_an_error_in_the_body_of_a_200_is_an_error(way: Way, kind: str) -> None:
    told = {"message": "No more credits", "code": 402, "type": "billing", "metadata": {"raw": "Bearer abcdefghijkl"}}
    record = _answered(way, kind, {"error": told})
    assert record["status"] == "error"
    if kind != "embeddings":  # there the library itself raises
        wanted = {"message": "No more credits", "code": "402", "type": "billing"}
        assert record["error"] == wanted
    assert "abcdefghijkl" not in json.dumps(record)


@pytest.mark.parametrize("kind", [kind for kind in _kinds() if kind.values[0] != "embeddings"])
def test_a_200_without_an_answer_is_incomplete(way: Way, kind: str) -> None:
    record = _answered(way, kind, {"id": "x", "object": "thing", "model": "m"})
    assert record["status"] == "incomplete" and "error" not in record


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "overloaded"}, "overloaded"),
        ({"error": True}, "says that the call failed"),
        (
            {"object": "error", "message": "The model does not exist.", "type": "NotFoundError", "code": 404},
            "not exist",
        ),
        ({"detail": [{"loc": ["body"], "msg": "field required"}]}, "field required"),
        ({"success": False, "errors": [{"code": 7003, "message": "no route"}], "result": None}, "no route"),
        ({"choices": None, "base_resp": {"status_code": 1004, "status_msg": "login fail"}}, "login fail"),
        ({"error_code": 336003, "error_msg": "bad messages"}, "bad messages"),
        ({"choices": [], "x_groq": {"error": "over capacity"}}, "over capacity"),
        ({"message": "Endpoint request timed out"}, "timed out"),
    ],
)
def test_an_error_as_it_is_told_by_gateways(sync: Way, body: Any, message: str) -> None:
    record = _answered(sync, "chat", body)
    assert record["status"] == "error" and message in record["error"]["message"]


@pytest.mark.parametrize("error", [None, "", {}, False])
def test_what_stands_for_no_error_is_none(sync: Way, error: Any) -> None:
    assert _answered(sync, "chat", {**completion(), "error": error})["status"] == "success"


@pytest.mark.parametrize(
    "more",
    [
        {"finish_reason": "error", "error": {"code": 502, "message": "Upstream closed, Bearer abcdefghijkl"}},
        {"finish_reason": "stop", "error": {"message": "Upstream closed"}},
        {"finish_reason": "error"},
        {"finish_reason": "ERROR"},
        {"finish_reason": "network_error"},
    ],
)
def test_a_choice_that_fails_is_an_error_and_its_text_is_kept(sync: Way, more: dict[str, Any]) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Cold and"}, **more}
    record = _answered(sync, "chat", completion(choices=[choice]))
    assert record["status"] == "error" and record["response_content"] == "Cold and"
    assert "Upstream closed" in record["error"]["message"] or "finish_reason" in record["error"]["message"]
    assert "abcdefghijkl" not in json.dumps(record)


@pytest.mark.parametrize(
    "reason",
    ["length", "content_filter", "content_filter: PROHIBITED_CONTENT", "MAX_TOKENS", "model_length", "SAFETY",
     "insufficient_system_resource", "model_context_window_exceeded", "content-filter", "content_filtered",
     "guardrail_intervened", "refusal", "sensitive", "IMAGE_SAFETY", "malformed_model_output", "FinishReason.MAX_TOKENS",
     "OTHER", "ERROR_TOXIC", "USER_CANCEL", "limit", "max_output", "repetition"],
)  # fmt: skip
def test_an_answer_that_was_cut_off_is_incomplete(sync: Way, reason: str) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Cold and"}, "finish_reason": reason}
    record = _answered(sync, "chat", completion(choices=[choice]))
    assert (record["status"], record["finish_reason"]) == ("incomplete", reason)


def test_a_page_of_html_and_an_empty_body_are_no_answers(sync: Way) -> None:
    client = sync.track()
    client.chat.completions.create(model="html", messages=MESSAGES)
    client.audio.transcriptions.create(model="whisper-1", file=SOUND, response_format="text")
    client.chat.completions.create(model="empty", messages=MESSAGES)
    client.chat.completions.create(model="json-as-text", messages=MESSAGES)
    assert [record["status"] for record in sync.records] == ["incomplete", "success", "incomplete", "success"]


@needs_responses
def test_a_response_that_failed_is_open_or_has_no_output_is_no_success(sync: Way) -> None:
    answers = [
        response("failed", error={"code": "server_error", "message": "no"}),
        response("failed"),
        response("in_progress"),
        response(output=[]),
    ]
    statuses = [_answered(sync, "responses", answer)["status"] for answer in answers]
    assert statuses == ["error", "error", "incomplete", "incomplete"]


def test_an_error_that_comes_in_a_list_is_an_error(sync: Way) -> None:
    record = _answered(sync, "chat", [{"error": {"code": 400, "message": "API key not valid"}}])
    assert record["status"] == "error" and record["error"]["message"] == "API key not valid"


def test_token_counts_told_side_by_side_are_joined(sync: Way) -> None:
    events = [
        chunk(choices=[delta("Cold", finish="stop")], usage={"prompt_tokens": 11, "completion_tokens": 0}),
        chunk(usage={"completion_tokens": 7}),
    ]
    record = _streamed(sync, events)
    assert (record["input_tokens"], record["output_tokens"]) == (11, 7)


def _streamed(way: Way, events: list[Any]) -> dict[str, Any]:
    way.provider.events["odd"] = events
    try:
        way.items(way.do(way.track().chat.completions.create(**{**CHAT, "model": "odd"}, stream=True)))
    except openai.APIError:
        pass  # the library raises at some of them
    return way.records[-1]


@pytest.mark.parametrize(
    "last",
    [
        chunk(choices=[delta(finish="error")]),
        chunk(choices=[{**delta(), "error": {"message": "gone"}}]),
        {"error": {"message": "gone", "code": "server_error"}},
        {"object": "error", "message": "gone", "code": 500},
        chunk(choices=[delta(finish="error")], error={"message": "gone", "code": 502}),
    ],
)
def test_a_stream_that_fails_at_its_end_is_an_error_and_keeps_its_text(sync: Way, last: Any) -> None:
    record = _streamed(sync, [chunk(choices=[delta("Cold")]), last])
    assert record["status"] == "error" and record["response_content"] == "Cold" and record["error"]["message"]


def test_an_error_after_the_finish_reason_is_an_error(sync: Way) -> None:
    events = [chunk(choices=[delta("Cold", finish="stop")]), {"object": "error", "message": "gone"}]
    assert _streamed(sync, events)["status"] == "error"


@pytest.mark.parametrize(
    ("usage", "wanted"),
    [
        ({"prompt_tokens": 20, "completion_tokens": 600, "total_tokens": 620,
          "completion_tokens_details": {"reasoning_tokens": 400}}, {"output_tokens": 600, "reasoning_tokens": 400}),
        ({"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 1020,
          "completion_tokens_details": {"reasoning_tokens": 860}}, {"output_tokens": 900, "reasoning_tokens": 860}),
        ({"prompt_tokens": 12, "completion_tokens": 30, "total_tokens": 542}, {"output_tokens": 530}),
        ({"prompt_tokens": 12, "total_tokens": 512}, {"output_tokens": 500}),
        ({"prompt_tokens": 20, "completion_tokens": 0, "completion_tokens_details": {"reasoning_tokens": 60}},
         {"output_tokens": 60}),
        ({"prompt_tokens": 33, "completion_tokens": 100, "total_tokens": 133, "reasoning_tokens": 900},
         {"output_tokens": 1000, "reasoning_tokens": 900}),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 1015, "cache_read_input_tokens": 1000},
         {"input_tokens": 1010, "output_tokens": 5, "cached_input_tokens": 1000}),
        ({"prompt_tokens": 1010, "completion_tokens": 5, "total_tokens": 1015, "cache_read_input_tokens": 1000},
         {"input_tokens": 1010, "output_tokens": 5}),
        ({"prompt_tokens": 1010, "completion_tokens": 5, "total_tokens": 1015, "cached_tokens": 700},
         {"input_tokens": 1010, "cached_input_tokens": 700}),
        ({"prompt_tokens": 1010, "completion_tokens": 5, "total_tokens": 1015, "num_cached_tokens": 640},
         {"input_tokens": 1010, "cached_input_tokens": 640}),
        ({"prompt_tokens": 1010, "completion_tokens": 5, "total_tokens": 1015,
          "prompt_token_details": {"cached_tokens": 640}}, {"input_tokens": 1010, "cached_input_tokens": 640}),
        ({"prompt_tokens": 1010, "completion_tokens": 5, "total_tokens": 1015,
          "prompt_tokens_details": {"cached_tokens": 0, "cache_creation_input_tokens": 900}},
         {"input_tokens": 1010, "cached_input_tokens": 0, "cache_write_tokens": 900}),
        ({"prompt_tokens": 1010, "completion_tokens": 5, "total_tokens": 1015,
          "prompt_tokens_details": {"cached_tokens": 0, "cache_creation_tokens": 900}}, {"cache_write_tokens": 900}),
    ],
)  # fmt: skip
def test_output_includes_thinking_and_input_the_cache(sync: Way, usage: dict[str, Any], wanted: dict[str, int]) -> None:
    record = _answered(sync, "chat", completion(usage=usage))
    assert {name: record.get(name) for name in wanted} == wanted


def test_a_total_that_is_larger_than_its_input_gives_an_embedding_no_output(sync: Way) -> None:
    data = [{"object": "embedding", "index": 0, "embedding": [1.0]}]
    usage = {"prompt_tokens": 5, "total_tokens": 8}
    record = _answered(sync, "embeddings", {"object": "list", "model": "m", "data": data, "usage": usage})
    assert record["input_tokens"] == 5 and "output_tokens" not in record and record["status"] == "success"


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"cost": 0.00217}, "0.00217"),
        ({"cost": 1.5e-7}, "0.00000015"),
        ({"cost": 0}, "0"),
        ({"cost": 10}, "10"),
        ({"cost": "0.0012"}, "0.0012"),
        ({"cost": 0.001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.02}}, "0.021"),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, None),
        ({"cost": 0.5, "currency": "EUR"}, None),
        ({"cost": {"input_tokens_cost": 0.001, "request_cost": 0.005, "total_cost": 0.006}}, "0.006"),
        ({"cost": {"total_cost": 0.006, "currency": "EUR"}}, None),
        ({"cost_in_usd_ticks": 37_756_000}, "0.0037756"),
        ({"estimated_cost": 0.00041}, "0.00041"),
        ({"cost": "free"}, None),
        ({"cost": -1}, None),
        ({"cost": True}, None),
    ],
)
def test_the_price_that_the_provider_names(sync: Way, told: dict[str, Any], wanted: Any) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, **told}
    assert _answered(sync, "chat", completion(usage=usage)).get("cost_usd") == wanted


def _call(name: Any, args: Any, **more: Any) -> dict[str, Any]:
    named = {} if name is None else {"type": "function"}
    return {**more, **named, "function": {**({} if name is None else {"name": name}), "arguments": args}}


def _calls(*pieces: Any) -> dict[str, Any]:
    return chunk(choices=[delta(tool_calls=list(pieces))])


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([_calls(_call("f", '{"a":1}')), _calls(_call("f", '{"a":2}'))], ['f {"a":1}', 'f {"a":2}']),
        ([_calls(_call("f", '{"a":1}', id=""), _call("g", "{}", id=""))], ['f {"a":1}', "g {}"]),
        (
            [_calls(_call("f", '{"a"', index="0"), _call("g", "{", index="1")),
             _calls(_call(None, ":1}", index="0"), _call(None, "}", index="1"))],
            ['f {"a":1}', "g {}"],
        ),
        ([_calls(_call("f", ""), _call("f", ""))], ["f ", "f "]),
        ([_calls(_call("f", '{"a":1}', index=0)), _calls(_call("f", '{"a":2}', index=0))], ['f {"a":1}', 'f {"a":2}']),
        (
            [_calls(_call("f", '{"a"')), _calls(_call(None, ":1}")), _calls(_call("g", '{"b"')), _calls(_call(None, ":2}"))],
            ['f {"a":1}', 'g {"b":2}'],
        ),
        ([_calls(_call("f", '{"a"')), _calls(_call("f", ":1}"))], ['f {"a":1}']),
        (
            [_calls(_call("f", '{"a"', index=0)), _calls(_call("f", ":1}", index=0)), _calls(_call("f", "", index=0))],
            ['f {"a":1}'],
        ),
        (
            [_calls(_call("f", '{"a"', index=0, id="x")), _calls(_call("f", ":1}", index=0, id="y"))],
            ['f {"a":1}'],
        ),
        (
            [_calls(_call("f", '{"a":1}', index=0, id="x")), _calls(_call("f", "{}", index=0, id="y"))],
            ['f {"a":1}', "f {}"],
        ),
        ([_calls(_call("f", {"a": 1})), _calls(_call("f", {"a": 2}))], ["f {'a': 1}", "f {'a': 2}"]),
        ([_calls(_call("f", {"a": 1}, index=0)), _calls(_call("f", {"a": 2}, index=0))], ["f {'a': 1}", "f {'a': 2}"]),
        ([_calls(_call("f", "")), _calls(_call(None, '{"a":1}'))], ['f {"a":1}']),
        (
            [_calls(_call("f", ""), _call("g", "")), _calls(_call(None, '{"a":1}'), _call(None, '{"b":2}'))],
            ['f {"a":1}', 'g {"b":2}'],
        ),
        ([chunk(choices=[delta(tool_calls=_call("f", '{"a":1}', index=0))])], ['f {"a":1}']),
    ],
)  # fmt: skip
def test_streamed_tool_calls_stay_apart(sync: Way, events: list[Any], wanted: list[str]) -> None:
    record = _streamed(sync, [*events, chunk(choices=[delta(finish="tool_calls")])])
    called = [call["function"] for call in record["response"]["choices"][0]["message"]["tool_calls"]]
    assert [f"{call['name']} {call['arguments']}" for call in called] == wanted


def test_a_message_that_says_again_what_the_deltas_said_is_not_joined_to_them(sync: Way) -> None:
    def both(piece: str, whole: str, finish: Any = None) -> dict[str, Any]:
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": whole}}
        return chunk(choices=[{**choice, "delta": {"role": "assistant", "content": piece}}])

    record = _streamed(sync, [both("Cold", "Cold"), both(" here", "Cold here"), both("", "Cold here", "stop")])
    assert (record["status"], record["response_content"]) == ("success", "Cold here")


def test_a_message_at_the_end_says_what_the_deltas_did_not_say(sync: Way) -> None:
    called = [_call("f", '{"a":1}', id="x")]
    message = {"role": "assistant", "content": "Cold", "tool_calls": called}
    end = {"index": 0, "finish_reason": "tool_calls", "delta": {}, "message": message}
    record = _streamed(sync, [chunk(choices=[delta("Co")]), chunk(choices=[delta("ld")]), chunk(choices=[end])])
    assert record["response_content"] == "Cold"
    assert record["response"]["choices"][0]["message"]["tool_calls"] == called


def test_words_that_stand_beside_each_delta_are_not_said_twice(sync: Way) -> None:
    def beside(piece: str, so_far: str) -> dict[str, Any]:
        return chunk(choices=[{**delta(piece), "message": {"role": "assistant", "content": so_far}}])

    record = _streamed(sync, [beside("Co", "Co"), beside("ld", "Cold"), chunk(choices=[delta(finish="stop")])])
    assert record["response_content"] == "Cold"


def test_what_a_model_thinks_in_pieces_is_joined(sync: Way) -> None:
    def thought(piece: str, index: int) -> dict[str, Any]:
        return {"type": "reasoning.text", "text": piece, "index": index}

    def part(piece: str) -> dict[str, Any]:
        return {"type": "thinking", "thinking": [{"type": "text", "text": piece}]}

    record = _streamed(
        sync,
        [
            chunk(choices=[delta(reasoning_details=[thought("First ", 0)])]),
            chunk(choices=[delta(reasoning_details=[thought("Oslo", 0), thought("Then ", 1)])]),
            chunk(choices=[delta(reasoning_details=[thought(".", 0), thought("Rome.", 1)])]),
            chunk(choices=[delta(reasoning_details=[{"type": "reasoning.encrypted", "data": "x", "index": 2}])]),
            chunk(choices=[delta([part("Oslo ")])]),
            chunk(choices=[delta([part("is north.")])]),
            chunk(choices=[delta([{"type": "text", "text": "Cold "}])]),
            chunk(choices=[delta([{"type": "text", "text": "and warm."}], finish="stop")]),
        ],
    )
    message = record["response"]["choices"][0]["message"]
    assert message["reasoning_details"] == [
        {"type": "reasoning.text", "text": "First Oslo.", "index": 0},
        {"type": "reasoning.text", "text": "Then Rome.", "index": 1},
        {"type": "reasoning.encrypted", "data": "x", "index": 2},
    ]
    assert message["content"] == [part("Oslo is north."), {"type": "text", "text": "Cold and warm."}]
    assert record["response_content"] == "Cold and warm."


@pytest.mark.parametrize(
    ("api_version", "more", "wanted"),
    [
        ("2024-02-01", {}, False),
        ("2024-10-21", {}, True),
        ("2025-01-01-preview", {}, True),
        ("2025-01-01-preview", {"extra_body": {"data_sources": [{"type": "azure_search"}]}}, False),
    ],
)
def test_azure_is_asked_for_token_counts_only_where_it_takes_it(
    sync: Way, api_version: str, more: dict[str, Any], wanted: bool
) -> None:
    class Redirected(openai.DefaultHttpxClient):
        def build_request(self, method, url, **kwargs):
            there = str(url).replace("https://me.openai.azure.com/openai/deployments/gpt-4o", sync.provider.base_url)
            return super().build_request(method, there, **kwargs)

    azure = openai.AzureOpenAI(
        api_key="k-azure-1",
        api_version=api_version,
        azure_endpoint="https://me.openai.azure.com",
        http_client=Redirected(),
    )
    sync.clients.append(azure)
    chunks = list(
        sync.lab().track(azure).chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True, **more)
    )
    assert ("stream_options" in sync.provider.wires[-1].json) is wanted
    assert all(one.choices for one in chunks) and sync.record["provider"] == "azure"


@needs_responses
def test_a_stream_of_responses_that_says_its_parts_at_their_end_alone_keeps_them(sync: Way) -> None:
    call = {"type": "function_call", "name": "f", "arguments": ""}
    sync.provider.events["odd"] = [
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": ""},
        {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Cold"},
        {"type": "response.output_item.added", "output_index": 1, "item": call},
        {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": '{"a":1}'},
        {"type": "response.completed", "response": {"id": "r", "object": "response", "status": "completed", "output": []}},
    ]
    sync.items(sync.do(sync.track().responses.create(model="odd", input="Hi", stream=True)))
    record = sync.records[-1]
    assert (record["status"], record["response_content"]) == ("success", "Cold")
    assert record["response"]["output"][1] == {**call, "arguments": '{"a":1}'}
