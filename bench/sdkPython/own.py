"""What the seams, the generators and the worker of `promptlab` cost by themselves, without the library, whose own time varies by more."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

from common import ANSWER, CHUNK, CHUNKS, IDLE, MESSAGES, least

SENT = SimpleNamespace(json_data={}, extra_json=None, files=None)
HOST = SimpleNamespace(name="x", host="x")


def own() -> dict[str, float]:
    import openai
    from openai._models import FinalRequestOptions

    import promptlab
    from promptlab._call import Call
    from promptlab._endpoints import ENDPOINTS
    from promptlab._streams import watch_stream
    from promptlab.record.encode import encode_record

    sent = json.dumps({"model": "gpt-4o-mini", "messages": MESSAGES}).encode()
    received = json.dumps(ANSWER).encode()
    request = SimpleNamespace(_content=sent, headers={})
    headers = {"content-type": "application/json", "x-request-id": "r"}
    answer = SimpleNamespace(id="c", parse=None)
    del answer.parse
    response = SimpleNamespace(request=request, headers=headers, status_code=200, _content=received)
    given = {
        "cast_to": None,
        "options": None,
        "response": response,
        "stream": False,
        "stream_cls": None,
        "retries_taken": 0,
    }

    class Canned(openai.OpenAI):
        def request(self, cast_to, options, **kwargs):  # type: ignore[override]
            return self._process_response(**given)

        def _process_response(self, **kwargs):  # type: ignore[override]
            return answer

    class AsyncCanned(openai.AsyncOpenAI):
        async def request(self, cast_to, options, **kwargs):  # type: ignore[override]
            return await self._process_response(**given)

        async def _process_response(self, **kwargs):  # type: ignore[override]
            return answer

    class Completions:
        def __init__(self, client):
            self._client = client

        def create(self, **kwargs):
            options = FinalRequestOptions.construct(
                method="post", url="/chat/completions", json_data={}, headers=kwargs.get("extra_headers") or {}
            )
            return self._client.request(None, options)

    from promptlab._shims import shim_resource

    lab = promptlab.PromptLab(api_key="pl", base_url="http://127.0.0.1:9", exit_timeout=0, **IDLE)
    count = 2_000

    def options():
        return FinalRequestOptions.construct(method="post", url="/chat/completions", json_data={}, headers={})

    def clear():
        lab._core.delivery._queue.clear()

    def calls(client):
        def run():
            ready = options()
            for _ in range(count):
                client.request(None, ready)
            clear()

        return run

    def calls_async(client):
        async def work():
            ready = options()
            for _ in range(count):
                await client.request(None, ready)
            clear()

        loop = asyncio.new_event_loop()
        return lambda: loop.run_until_complete(work())

    def calls_with_extras(completions, extras):
        def run():
            for _ in range(count):
                completions.create(model="m", **extras)
            clear()

        return run

    raw, tracked = Canned(api_key="k"), lab.track(Canned(api_key="k"))
    raw_async, tracked_async = AsyncCanned(api_key="k"), lab.track(AsyncCanned(api_key="k"))
    shimmed = Completions(tracked)
    shim_resource(shimmed, False)
    extras = {"prompt_slug": "s", "trace_id": "t", "tags": {"a": "b"}}

    class Event:
        data = json.dumps(CHUNK)

    event = Event()

    class Closing:
        def close(self):
            pass

        def aclose(self):
            pass

    class Stream:
        def __init__(self):
            self.response = Closing()
            self._iterator = self._read()

        def _iter_events(self):
            for _ in range(CHUNKS):
                yield event

        def _read(self):
            for _ in self._iter_events():
                yield event

    class AsyncStream:
        def __init__(self):
            self.response = Closing()
            self._iterator = self._read()

        async def _iter_events(self):
            for _ in range(CHUNKS):
                yield event

        async def _read(self):
            async for _ in self._iter_events():
                yield event

        async def __anext__(self):
            return await self._iterator.__anext__()

    def watch(made):
        call = Call(lab._core, ENDPOINTS["/chat/completions"], SENT, None, None, HOST)
        call.request_content = b"{}"
        watch_stream(made, call)

    def stream(is_watched):
        def run():
            for _ in range(20):
                made = Stream()
                if is_watched:
                    watch(made)
                for _ in made._iterator:
                    pass
            clear()

        return run

    def stream_async(is_watched):
        async def work():
            for _ in range(20):
                made = AsyncStream()
                if is_watched:
                    watch(made)
                async for _ in made._iterator:
                    pass
            clear()

        loop = asyncio.new_event_loop()
        return lambda: loop.run_until_complete(work())

    def records():
        call = Call(lab._core, ENDPOINTS["/chat/completions"], SENT, None, None, HOST)
        call.note_response(response, 0)
        call.response_content = received
        call.succeed()
        for _ in range(200):
            encode_record(lab._core._write(call), None, 4_000_000)
        clear()

    return {
        "call": least(calls(tracked), count) - least(calls(raw), count),
        "call_async": least(calls_async(tracked_async), count) - least(calls_async(raw_async), count),
        "call_extras": least(calls_with_extras(shimmed, extras), count)
        - least(calls_with_extras(Completions(raw), {}), count),
        "chunk": least(stream(True), 20 * CHUNKS, 30) - least(stream(False), 20 * CHUNKS, 30),
        "chunk_async": least(stream_async(True), 20 * CHUNKS, 30) - least(stream_async(False), 20 * CHUNKS, 30),
        "record": least(records, 200),
    }
