"""E. What is recorded."""

from __future__ import annotations

import base64
import io
import json
import math
import os
import time
from unittest import mock

import openai
import pytest
from fake_openai import RESPONSES_USAGE, USAGE, completion, response
from harness import CHAT, MESSAGES, VERSION, Way


needs_responses = pytest.mark.skipif(VERSION < (1, 66), reason="this openai has no responses")
TOOLS = [
    {
        "type": "function",
        "function": {"name": "look", "parameters": {"type": "object", "properties": {"token": {"type": "string"}}}},
    }
]


def test_p42_all_that_is_known_of_a_call(way: Way) -> None:
    before = time.time()
    client = way.track(environment="staging", release="1.2.3", tags={"team": "a"})
    way.do(client.chat.completions.create(**CHAT, temperature=0.5, tools=TOOLS, tags={"env": "prod"}, user="u-7"))
    record = way.record
    assert record["model"] == "gpt-4o-mini" and record["response_model"] == "served-model"
    assert record["endpoint"] == "chat.completions" and record["status"] == "success" and record["stream"] is False
    assert record["provider"] == record["metadata"]["provider_host"] == way.provider.base_url.split("/")[2]
    assert record["parameters"] == {"temperature": 0.5, "user": "u-7"} and record["tools"] == TOOLS
    assert record["tags"] == {"team": "a", "env": "prod"} and record["user_id"] == "u-7"
    assert (record["environment"], record["release"]) == ("staging", "1.2.3")
    assert record["messages"] == MESSAGES and record["response"] == completion()
    assert record["response_content"] == "Hello from the stand-in" and record["finish_reason"] == "stop"
    assert record["service_tier"] == "default" and record["provider_request_id"] == "req_123"
    assert 0 < record["latency_ms"] < 60_000 and record["started_at"].endswith("Z")
    assert record["id"][14] == "7" and abs(int(record["id"].replace("-", "")[:12], 16) / 1_000 - before) < 60
    assert record["sdk"]["name"] == "promptlab-python" and record["sdk"]["runtime"].startswith("cpython/")


@pytest.mark.parametrize(
    ("address", "name"),
    [("https://api.openai.com/v1", "openai"), ("https://eu.api.openai.com/v1", "openai"), ("https://openrouter.ai/api/v1", "openrouter"),
     ("https://x.openai.azure.com/openai", "azure"), ("http://localhost:11434/v1", "localhost:11434"), ("https://notopenai.com/v1", "notopenai.com")],
)  # fmt: skip
def test_p42_the_provider_is_known_by_its_host(address: str, name: str) -> None:
    from promptlab.record.provider import Provider

    assert Provider(address, api_version=None, given=None).name == name


def test_p42_azure_clients(way: Way) -> None:
    kind = openai.AsyncAzureOpenAI if way.is_async else openai.AzureOpenAI
    client = kind(
        api_key="k-azure-1", api_version="2024-06-01", azure_endpoint=way.provider.base_url.replace("/v1", "")
    )
    way.clients.append(client)
    way.do(way.track(client).chat.completions.create(**CHAT, prompt_slug="s"))
    assert way.provider.wires[-1].path == "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-06-01"
    assert way.record["provider"] == "azure" and way.record["prompt_slug"] == "s"


@needs_responses
def test_p43_tokens_are_never_swapped_and_missing_stays_missing(way: Way) -> None:
    client = way.track()
    way.do(client.chat.completions.create(**CHAT))
    way.do(client.responses.create(model="m", input="x"))
    way.do(client.embeddings.create(model="m", input="x"))
    way.provider.answers["bare"] = completion(usage=None)
    way.do(client.chat.completions.create(**{**CHAT, "model": "bare"}))
    chat, responses, vectors, bare = way.records
    names = (
        "input_tokens",
        "output_tokens",
        "cached_input_tokens",
        "reasoning_tokens",
        "audio_input_tokens",
        "audio_output_tokens",
    )
    assert [chat[name] for name in names] == [11, 7, 4, 3, 1, 2] and chat["metadata"]["usage"] == USAGE
    assert [responses.get(name) for name in names] == [11, 7, 4, 3, None, None]
    assert responses["metadata"]["usage"] == RESPONSES_USAGE
    assert vectors["input_tokens"] == 5 and "output_tokens" not in vectors
    assert not [name for name in names if name in bare] and "usage" not in bare["metadata"]


def test_p44_what_is_appended_after_the_call_is_not_recorded(way: Way) -> None:
    client, messages = way.track(batch_interval=60), [{"role": "user", "content": "first"}]
    way.do(client.chat.completions.create(model="m", messages=messages))
    messages.append({"role": "user", "content": "second"})
    messages[0]["content"] = "edited"
    assert way.record["messages"] == [{"role": "user", "content": "first"}]


def test_p45_embeddings_without_vectors(way: Way) -> None:
    client = way.track()
    answer = way.do(client.embeddings.create(model="m", input=["a", "b"]))
    assert list(answer.data[0].embedding) == [0.5, 0.25, -1.0, 2.0]
    way.do(client.embeddings.with_raw_response.create(model="m", input=["a", "b"]))
    way.do(way.track(capture_embeddings=True).embeddings.create(model="m", input=["a", "b"], encoding_format="float"))
    summary, raw, whole = way.records
    assert summary["response"]["data"] == raw["response"]["data"] == {"count": 2, "dimensions": 4}
    assert summary["messages"] == ["a", "b"] and summary["response_model"] == "served-model"
    assert whole["response"]["data"][1]["embedding"] == [0.5, 0.25, -1.0, 2.0]


def test_p46_pictures_become_placeholders(way: Way) -> None:
    picture = base64.b64encode(os.urandom(2_000_000)).decode()
    content = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}},
        {"type": "input_audio", "input_audio": {"data": picture[:40_000], "format": "wav"}},
        {"type": "text", "text": "What is it?"},
    ]
    way.do(way.track().chat.completions.create(model="m", messages=[{"role": "user", "content": content}]))
    record = way.record
    assert len(json.dumps(record)) < 10_000
    first, second, third = record["messages"][0]["content"]
    assert first["image_url"]["url"].startswith("[base64 image/png, 2000000 bytes, hash ")
    assert (
        second["input_audio"]["data"].startswith("[base64 data, 30000 bytes, hash ") and third["text"] == "What is it?"
    )


def test_p47_uploads_are_recorded_by_name_and_size(way: Way, tmp_path) -> None:
    path = tmp_path / "speech.wav"
    path.write_bytes(b"RIFF" + bytes(5_000))
    client = way.track()
    with path.open("rb") as file:
        way.do(client.audio.transcriptions.create(model="whisper", file=file, prompt="names"))
    memory = io.BytesIO(b"abcd" * 10)
    memory.name = "a.png"
    way.do(client.images.edit(model="m", image=memory, prompt="a hat"))
    transcription, edit = way.records
    assert transcription["messages"] == {"file": "[File speech.wav 5004 bytes]", "prompt": "names"}
    assert transcription["model"] == "whisper" and transcription["response_content"] == "Said words."
    assert edit["messages"] == {"image": "[File a.png 40 bytes]", "prompt": "a hat"}


def test_p47_sound_is_not_kept(way: Way) -> None:
    way.do(way.track().audio.speech.create(model="tts", voice="alloy", input="Say it"))
    assert way.record["response"] == {"content_type": "audio/mpeg", "content_length": "2003"}
    assert way.record["messages"] == "Say it" and way.record["endpoint"] == "audio.speech"


@needs_responses
def test_p48_credentials_are_replaced(way: Way) -> None:
    tools = [
        {
            "type": "mcp",
            "server_label": "s",
            "server_url": "https://x",
            "authorization": "very-secret",
            "headers": {"X-Key": "very-secret"},
        }
    ]
    client = way.track()
    body = {"openai_api_key": "very-secret", "nested": {"password": "very-secret", "note": "seen"}}
    headers = {"x-token": "very-secret"}
    way.do(client.responses.create(model="m", input="x", tools=tools, extra_body=body, extra_headers=headers))
    way.do(client.chat.completions.create(**CHAT, tools=TOOLS))
    record, chat = way.records
    assert "very-secret" not in json.dumps(record) and "sk-test" not in json.dumps(record)
    assert record["parameters"]["nested"]["note"] == "seen" and record["tools"][0]["headers"] == {
        "X-Key": "[removed: credential]"
    }
    assert chat["tools"] == TOOLS


def test_p49_long_fields_and_records_are_cut_and_say_so(way: Way) -> None:
    client = way.track(field_bytes=1_000, record_bytes=20_000)
    way.do(client.chat.completions.create(model="m", messages=[{"role": "user", "content": "word " * 1_000}]))
    way.do(
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "é " * 400} for _ in range(60)])
    )
    field, record = way.records
    assert field["messages"][0]["content"].endswith("…[truncated, 5000 characters in all]")
    assert len(field["messages"][0]["content"]) == 1_000 and field["metadata"]["truncated"] is True
    assert len(json.dumps(record, ensure_ascii=False).encode()) < 21_000
    assert record["metadata"]["truncated"] is True and record["metadata"]["original_bytes"] > 20_000
    assert record["response_content"] == "Hello from the stand-in"


@needs_responses
def test_p50_a_background_response_is_one_record(way: Way) -> None:
    client = way.track()
    way.provider.polls = [response("queued"), response("in_progress"), response("completed", completed_at=1764150002)]
    answer = way.do(client.responses.create(model="m", input="x", background=True, prompt_slug="s"))
    assert way.records == []
    for _ in range(4):
        answer = way.do(client.responses.retrieve(answer.id))
    record = way.record
    assert answer.status == "completed" and record["status"] == "success" and record["prompt_slug"] == "s"
    assert record["response_content"] == "Hello from the stand-in" and record["output_tokens"] == 7
    assert record["metadata"]["background"] is True and record["latency_ms"] == 2_000


@needs_responses
def test_p50_one_that_nobody_polls_is_recorded_at_the_end(way: Way) -> None:
    way.do(way.track().responses.create(model="m", input="x", background=True))
    way.labs[0].shutdown()
    record = way.record
    assert record["status"] == "incomplete" and record["metadata"]["background"] == "unfinished"


def test_p51_unknown_fields_are_in_the_record(way: Way) -> None:
    way.do(
        way.track().chat.completions.create(**{**CHAT, "model": "unknown-field"}, extra_body={"new_thing": {"a": 1}})
    )
    assert way.record["parameters"] == {"new_thing": {"a": 1}}
    assert way.record["response"]["n_surprise"] == {"kept": True}


def test_p52_odd_input_never_loses_the_record(way: Way) -> None:
    deep = current = {}
    for _ in range(80):
        current["in"] = current = {}
    client = way.track()
    way.do(
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "a\0b"}], extra_body={"deep": deep}
        )
    )
    odd = {"model": "m", "messages": [{"role": "user", "content": object()}]}
    try:
        way.do(client.chat.completions.create(**odd))
    except Exception:
        pass
    try:
        way.do(client.chat.completions.create(model="m", messages=[{"role": "user", "content": "half \ud800 one"}]))
    except UnicodeError:
        pass
    way.do(
        client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": "x"}],
            extra_body={"n": math.nan} if VERSION < (1, 1) else {},
        )
    )
    nul, unserialisable, surrogate, last = way.records
    assert nul["messages"][0]["content"] == "a\0b" and "[truncated: too deep]" in json.dumps(nul["parameters"])
    assert unserialisable["status"] == "error" and "object" in unserialisable["messages"][0]["content"]
    assert "half" in surrogate["messages"][0]["content"] and last["status"] == "success"


def test_p53_a_step_of_the_clock_never_makes_latency_negative(way: Way) -> None:
    client = way.track()
    real = time.time_ns
    with mock.patch("promptlab.record.uuid7.time.time_ns", lambda: real() + 3_600_000_000_000):
        way.do(client.chat.completions.create(**CHAT))
    with mock.patch("promptlab.record.uuid7.time.time_ns", lambda: real() - 3_600_000_000_000):
        way.do(client.chat.completions.create(**CHAT))
    assert all(0 < record["latency_ms"] < 60_000 for record in way.records)


def test_p54_a_mask_changes_drops_or_fails_safely(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    threads = []

    def mask(record):
        import threading

        threads.append(threading.current_thread().name)
        slug = record.get("prompt_slug")
        if slug == "drop":
            return None
        if slug == "fail":
            raise ValueError("Say hello")
        record["messages"][0]["content"] = "[hidden]"
        return record

    client = way.track(mask=mask)
    for slug in ("change", "drop", "fail"):
        way.do(client.chat.completions.create(**CHAT, prompt_slug=slug))
    changed, failed = way.records
    assert changed["messages"][0]["content"] == "[hidden]" and changed["metadata"]["masked"] is True
    assert failed["metadata"]["masked"] == "failed" and "Say hello" not in json.dumps(failed)
    assert failed["response"] == failed["response_content"] == "[mask failed]" and failed["input_tokens"] == 11
    assert set(threads) == {"promptlab"} and way.labs[0].stats().dropped == {"masked_out": 1}
    assert [record.message for record in caplog.records if "Say hello" in record.message] == []


def test_p54_a_coroutine_function_is_refused_as_mask(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    async def mask(record):
        return record

    way.do(way.track(mask=mask).chat.completions.create(**CHAT))
    assert len(way.records) == 1 and '"mask"' in caplog.text


def test_p55_words_stay_in_the_process_where_that_is_wanted(way: Way) -> None:
    more = {"metadata": {"m": "x"}} if VERSION >= (1, 109) else {}
    way.do(way.track(capture_input=False).chat.completions.create(**CHAT, temperature=0.1, tools=TOOLS, **more))
    way.do(way.track(capture_output=False).chat.completions.create(**CHAT))
    no_input, no_output = way.records
    assert (
        no_input["messages"] == [] and not {"parameters", "tools"} & set(no_input) and "m" not in no_input["metadata"]
    )
    assert no_input["response_content"] == "Hello from the stand-in"
    assert not {"response", "response_content"} & set(no_output) and no_output["messages"] == MESSAGES
    for record in (no_input, no_output):
        assert record["input_tokens"] == 11 and record["latency_ms"] > 0 and record["status"] == "success"
