"""A tracked client among the other code of a program: mocks, hooks, copies, and an instance that was shut down."""

from __future__ import annotations

import copy
from unittest import mock

import openai
import pytest
from harness import CHAT, VERSION, Way

import promptlab

EXTRAS = {"prompt_slug": "greeting"}


def _completions(way: Way) -> type:
    kinds = openai.resources.chat.completions
    return kinds.AsyncCompletions if way.is_async else kinds.Completions


@pytest.mark.parametrize("is_in_context", [False, True])
@pytest.mark.parametrize("is_read_before", [False, True])
def test_a_mock_on_the_class_sees_what_it_sees_without_us(way: Way, is_in_context: bool, is_read_before: bool) -> None:
    seen = []
    for client, extras in ((way.make(), {}), (way.track(), EXTRAS)):
        if is_read_before:
            assert client.chat.completions is not None
        with mock.patch.object(_completions(way), "create") as mocked:
            if is_in_context:
                with promptlab.context(user_id="u-1"):
                    way.do(client.chat.completions.create(**CHAT, **extras))
            else:
                way.do(client.chat.completions.create(**CHAT, **extras))
        seen.append(mocked.call_args)
    assert seen[0] == seen[1]
    # The patch is over.
    way.do(client.chat.completions.create(**CHAT, **EXTRAS))
    assert way.record["prompt_slug"] == "greeting"


def test_a_function_on_the_class_is_a_method(way: Way) -> None:
    client = way.track()
    with mock.patch.object(_completions(way), "create", lambda self, **params: (self, params)):
        assert client.chat.completions.create(**CHAT) == (client.chat.completions, CHAT)


@pytest.mark.parametrize("inner", ["models", "not logged"])
def test_a_call_inside_of_a_call_is_not_its_answer(way: Way, inner: str) -> None:
    def ask():
        if inner == "models":
            return client.models.list()
        return client.chat.completions.create(**{**CHAT, "model": "inner"}, promptlab={"log": False})

    def hook(request):
        if b"gpt-4o-mini" in request.content:
            return ask()
        return None

    async def hook_async(request):
        if b"gpt-4o-mini" in request.content:
            await ask()

    way.provider.answers["inner"] = {"id": "i", "object": "chat.completion", "created": 1, "model": "i", "choices": []}
    kind = openai.DefaultAsyncHttpxClient if way.is_async else openai.DefaultHttpxClient
    hooks = {"request": [hook_async if way.is_async else hook]}
    client = way.track(way.make(http_client=kind(event_hooks=hooks)))
    way.do(client.chat.completions.create(**CHAT))
    record = way.record
    assert record["status"] == "success" and record["response_content"] == "Hello from the stand-in"


def test_a_shallow_copy_calls_by_itself(way: Way) -> None:
    client = way.track()
    twin = copy.copy(client)
    twin.api_key = "sk-of-the-copy-123"
    way.do(twin.chat.completions.create(**CHAT, **EXTRAS))
    # In the first versions a client makes its resources itself, and a copy has those of the original.
    is_shared = VERSION < (1, 58)
    wanted = "sk-test-key-123456" if is_shared else "sk-of-the-copy-123"
    assert way.provider.wires[-1].headers["authorization"] == f"Bearer {wanted}"
    way.do(client.chat.completions.create(**CHAT, **EXTRAS))
    assert [record["prompt_slug"] for record in way.records] == ["greeting"] * 2


def test_a_client_is_tracked_again_after_a_shutdown(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    client = way.track()
    way.do(client.chat.completions.create(**CHAT))
    way.labs[0].shutdown()
    way.do(client.chat.completions.create(**CHAT))
    way.track(client, environment="second")
    way.do(client.with_options(timeout=7).chat.completions.create(**CHAT))
    way.do(client.chat.completions.create(**CHAT))
    assert [record.get("environment") for record in way.records] == [None, "second", "second"]
    assert not caplog.records


@pytest.mark.parametrize("version", ["/v1", "/openai/v1"])
def test_a_client_with_the_version_in_its_paths_is_recorded(way: Way, version: str) -> None:
    # As those of Groq and Cerebras, the second of which names its resources so.
    kind = type("AsyncCompletionsResource" if way.is_async else "CompletionsResource", (_completions(way),), {})
    client = way.track(way.make(base_url=way.provider.base_url[: -len("/v1")]))
    resource = kind(client)
    resource._post = lambda path, **options: client.post(version + path, **options)
    way.do(resource.create(**CHAT, **EXTRAS))
    assert way.provider.wires[-1].path == f"{version}/chat/completions"
    record = way.record
    assert (record["endpoint"], record["prompt_slug"]) == ("chat.completions", "greeting")


def test_a_client_of_the_same_make_without_calls_that_are_recorded_is_told_once(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    # As that of Anthropic, which is made by the same generator.
    base = way.client_class.__mro__[1]
    way.track(_bare(base, way), enabled=False)
    assert not caplog.records
    client = way.track(_bare(base, way))
    way.track(_bare(base, way))
    assert [record.message.count(base.__name__) for record in caplog.records] == [1]
    extra = {"extra_json": {"promptlab": {"slug": "a"}, "top_k": 5}}
    way.do(client.post("/messages", cast_to=object, body={"model": "c"}, options=extra))
    assert way.provider.wires[-1].json == {"model": "c", "top_k": 5}


def _bare(base: type, way: Way) -> object:
    options = {"version": "1", "base_url": way.provider.base_url, "max_retries": 0, "timeout": 5}
    return base(**options, _strict_response_validation=False)
