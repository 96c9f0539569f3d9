"""One measurement of one wrapper, in a process of its own. Prints one line of JSON.

`own`: what the seams, the generators and the worker of `promptlab` cost by themselves. `path NAME`: calls over a transport inside the
process, raw or wrapped by NAME. `load`: calls per second at 100 tasks. `memory`: 10,000 calls with the server away. `imports`: time and modules.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from types import SimpleNamespace
from typing import Any, Callable

TEXT = "some words of a conversation that went on for a while, " * 43
MESSAGES = [{"role": "system", "content": TEXT[:2_300]}, {"role": "user", "content": TEXT[:2_300]}]
USAGE = {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
ANSWER = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini", "usage": USAGE,
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": {"role": "assistant", "content": TEXT[:700], "refusal": None}}],
}  # fmt: skip
CHUNK = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}],
}
CHUNKS = 200
SENT = SimpleNamespace(json_data={}, extra_json=None, files=None)
HOST = SimpleNamespace(name="x", host="x")
LAB = {
    "api_key": "pl",
    "base_url": "http://127.0.0.1:9",
    "batch_interval": 600,
    "batch_records": 1_000,
    "batch_bytes": 9_000_000,
    "queue_records": 10_000_000,
    "queue_bytes": 10**12,
}


def least(run: Callable[[], Any], count: int, rounds: int = 9) -> float:
    """Microseconds of the thread for one of `count`, the least of the rounds: what else the machine does only ever adds."""
    best = float("inf")
    gc.disable()
    for _ in range(rounds):
        gc.collect()
        started = time.thread_time_ns()
        run()
        best = min(best, (time.thread_time_ns() - started) / count / 1_000)
    gc.enable()
    return best


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

    lab = promptlab.PromptLab(**LAB)
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

    def stream(is_watched):
        def run():
            for _ in range(20):
                made = Stream()
                if is_watched:
                    call = Call(lab._core, ENDPOINTS["/chat/completions"], SENT, None, None, HOST)
                    call.request_content = b"{}"
                    watch_stream(made, call)
                for _ in made._iterator:
                    pass
            clear()

        return run

    def records():
        call = Call(lab._core, ENDPOINTS["/chat/completions"], SENT, None, None, HOST)
        call.note_response(response, 0)
        call.response_content = received
        call.succeed()
        for _ in range(200):
            encode_record(lab._core._write(call), None, 4_000_000)
        clear()

    result = {
        "call": least(calls(tracked), count) - least(calls(raw), count),
        "call_async": least(calls_async(tracked_async), count) - least(calls_async(raw_async), count),
        "call_extras": least(calls_with_extras(shimmed, extras), count)
        - least(calls_with_extras(Completions(raw), {}), count),
        "chunk": least(stream(True), 20 * CHUNKS, 30) - least(stream(False), 20 * CHUNKS, 30),
        "record": least(records, 200),
    }
    lab._core.settings.exit_timeout = 0
    return result


def wrap(name: str, client: Any) -> Any:
    if name == "raw":
        return client
    if name == "promptlab":
        import promptlab

        lab = promptlab.PromptLab(**LAB)
        lab._core.settings.exit_timeout = 0
        return lab.track(client)
    if name == "langsmith":
        from langsmith.wrappers import wrap_openai

        return wrap_openai(client)
    if name == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor
        from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

        if not getattr(wrap, "is_done", False):
            provider = TracerProvider()
            provider.add_span_processor(SpanProcessor())
            OpenAIInstrumentor().instrument(tracer_provider=provider)
            wrap.is_done = True  # type: ignore[attr-defined]
        return client
    if name == "logfire":
        import logfire

        if not getattr(wrap, "is_done", False):
            logfire.configure(send_to_logfire=False, console=False)
            wrap.is_done = True  # type: ignore[attr-defined]
        logfire.instrument_openai(client)
        return client
    raise ValueError(name)


def path(name: str) -> dict[str, float]:
    import openai

    module = "httpx2" if int(openai.__version__.split(".")[0]) >= 3 else "httpx"
    httpx = __import__(module)
    body = json.dumps(ANSWER).encode()
    sse = b"".join(b"data: " + json.dumps(CHUNK).encode() + b"\n\n" for _ in range(CHUNKS)) + b"data: [DONE]\n\n"

    def answer(request):
        is_stream = b'"stream":true' in request.content
        kind = "text/event-stream" if is_stream else "application/json"
        return httpx.Response(200, content=sse if is_stream else body, headers={"content-type": kind})

    async def answer_async(request):
        return answer(request)

    if name == "langfuse":
        from langfuse.openai import AsyncOpenAI, OpenAI
    else:
        OpenAI, AsyncOpenAI = openai.OpenAI, openai.AsyncOpenAI  # noqa: N806
    given = {"api_key": "k", "base_url": "http://stand-in/v1"}
    client: Any = OpenAI(**given, http_client=httpx.Client(transport=httpx.MockTransport(answer)))
    client_async: Any = AsyncOpenAI(**given, http_client=httpx.AsyncClient(transport=httpx.MockTransport(answer_async)))
    if name != "langfuse":
        client, client_async = wrap(name, client), wrap(name, client_async)
    chat = {"model": "gpt-4o-mini", "messages": MESSAGES}
    loop = asyncio.new_event_loop()

    def calls():
        for _ in range(50):
            client.chat.completions.create(**chat)

    def streams():
        for _ in range(5):
            for _ in client.chat.completions.create(**chat, stream=True):
                pass

    async def calls_async():
        for _ in range(50):
            await client_async.chat.completions.create(**chat)

    async def streams_async():
        for _ in range(5):
            async for _ in await client_async.chat.completions.create(**chat, stream=True):
                pass

    calls()
    result = {
        "call": least(calls, 50, 20),
        "chunk": least(streams, 5 * CHUNKS, 10),
        "call_async": least(lambda: loop.run_until_complete(calls_async()), 50, 20),
        "chunk_async": least(lambda: loop.run_until_complete(streams_async()), 5 * CHUNKS, 10),
    }
    print(json.dumps(result), flush=True)
    # What a peer wants to say to a server that is not there is not waited for.
    os._exit(0)


def load(base_url: str, lab_url: str) -> dict[str, float]:
    """Rounds of raw and tracked in turn; the median of the ratios."""
    import openai

    import promptlab

    given = {"api_key": "k", "base_url": base_url, "max_retries": 5}
    raw = openai.AsyncOpenAI(**given)
    lab = promptlab.PromptLab(api_key="pl", base_url=lab_url)
    tracked = lab.track(openai.AsyncOpenAI(**given))

    async def round_of(client: Any, count: int) -> float:
        async def task() -> None:
            for _ in range(count):
                await client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)

        started = time.perf_counter()
        await asyncio.gather(*[task() for _ in range(100)])
        return 100 * count / (time.perf_counter() - started)

    async def all_rounds() -> tuple[list[float], list[float]]:
        await round_of(raw, 1)
        await round_of(tracked, 1)
        rates: tuple[list[float], list[float]] = ([], [])
        for number in range(7):
            order = (0, 1) if number % 2 else (1, 0)
            for index in order:
                rates[index].append(await round_of((raw, tracked)[index], 8))
        return rates

    raw_rates, rates = asyncio.run(all_rounds())
    flushed = lab.flush(30)
    ratios = sorted(one / other for one, other in zip(rates, raw_rates))
    return {
        "raw": max(raw_rates),
        "tracked": max(rates),
        "ratio": ratios[len(ratios) // 2],
        "lost": lab.stats().queued + sum(lab.stats().dropped.values()) + (not flushed.ok),
    }


def memory() -> dict[str, float]:
    import tracemalloc

    import promptlab

    lab = promptlab.PromptLab(api_key="pl", base_url="http://127.0.0.1:9", exit_timeout=0)
    tracemalloc.start()
    for number in range(10_000):
        lab.api.log_request(
            {
                "model": "m",
                "provider": "p",
                "messages": [{"role": "user", "content": f"{number} {TEXT}{TEXT}{TEXT}{TEXT}"[:9_000]}],
            }
        )
    stats = lab.stats()
    return {"bytes": tracemalloc.get_traced_memory()[0], "kept": stats.queued, "dropped": sum(stats.dropped.values())}


def imports() -> dict[str, float]:
    import openai

    client = openai.OpenAI(api_key="k")
    before = set(sys.modules)
    started = time.process_time()
    import promptlab

    promptlab.track(client, api_key="pl")
    took = (time.process_time() - started) * 1_000
    added = set(sys.modules) - before
    return {
        "ms": took,
        "modules": len([name for name in added if not name.startswith("promptlab")]),
        "of_the_library": len([name for name in added if name.startswith("openai")]),
    }


if __name__ == "__main__":
    what, *args = sys.argv[1:]
    print(json.dumps({"own": own, "path": path, "load": load, "memory": memory, "imports": imports}[what](*args)))
