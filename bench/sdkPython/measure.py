"""One measurement of one wrapper, in a process of its own. Prints one line of JSON.

`own`: what the parts of `promptlab` cost by themselves. `path NAME`: calls over a transport inside the process, raw or wrapped by NAME.
`load NAME`: calls per second at 100 tasks; `pairs`: of promptlab, raw and tracked in turn in one process. `memory NAME`: 10,000 calls
with the server away; `queue`: the same of promptlab's queue alone. `imports NAME`: time and modules.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import time
from typing import Any

from common import ANSWER, CHUNK, CHUNKS, IDLE, MESSAGES, TEXT, least
from own import own
from wrappers import load_wrapper

AWAY = "http://127.0.0.1:9"
CHAT = {"model": "gpt-4o-mini", "messages": MESSAGES}
TASKS = 100
CALLS_OF_A_TASK = 8


def clients(name: str, collector: str, **lab_options: Any) -> tuple[Any, Any]:
    """A sync and an async client that are answered within the process."""
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

    wrapper = load_wrapper(name, collector, **lab_options)
    given = {"api_key": "k", "base_url": "http://stand-in/v1"}
    transport, async_transport = httpx.MockTransport(answer), httpx.MockTransport(answer_async)
    client = wrapper.openai(**given, http_client=httpx.Client(transport=transport))
    client_async = wrapper.async_openai(**given, http_client=httpx.AsyncClient(transport=async_transport))
    return wrapper.wrap(client), wrapper.wrap(client_async)


def path(name: str) -> dict[str, float]:
    client, client_async = clients(name, AWAY, **IDLE)
    loop = asyncio.new_event_loop()

    def calls():
        for _ in range(50):
            client.chat.completions.create(**CHAT)

    def streams():
        for _ in range(5):
            for _ in client.chat.completions.create(**CHAT, stream=True):
                pass

    async def calls_async():
        for _ in range(50):
            await client_async.chat.completions.create(**CHAT)

    async def streams_async():
        for _ in range(5):
            async for _ in await client_async.chat.completions.create(**CHAT, stream=True):
                pass

    calls()
    return {
        "call": least(calls, 50, 20),
        "chunk": least(streams, 5 * CHUNKS, 10),
        "call_async": least(lambda: loop.run_until_complete(calls_async()), 50, 20),
        "chunk_async": least(lambda: loop.run_until_complete(streams_async()), 5 * CHUNKS, 10),
    }


async def round_of(client: Any) -> float:
    """Calls per second of `TASKS` tasks at once."""

    async def task() -> None:
        for _ in range(CALLS_OF_A_TASK):
            await client.chat.completions.create(**CHAT)

    started = time.perf_counter()
    await asyncio.gather(*[task() for _ in range(TASKS)])
    return TASKS * CALLS_OF_A_TASK / (time.perf_counter() - started)


def load(name: str, base_url: str, collector: str) -> dict[str, float]:
    """The best of the rounds, and the processor time of all threads for a call."""
    wrapper = load_wrapper(name, collector)
    client = wrapper.wrap(wrapper.async_openai(api_key="k", base_url=base_url, max_retries=5))

    async def rounds() -> tuple[list[float], float]:
        await round_of(client)
        started = time.process_time()
        rates = [await round_of(client) for _ in range(3)]
        # What is sent once a second, or every five by the batches of OpenTelemetry, is paid by now.
        await asyncio.sleep(6)
        return rates, time.process_time() - started

    rates, seconds = asyncio.run(rounds())
    return {"rate": max(rates), "cpu": seconds / (3 * TASKS * CALLS_OF_A_TASK) * 1e6}


def pairs(base_url: str, lab_url: str) -> dict[str, float]:
    """Rounds of raw and tracked in turn; the median of the ratios."""
    import openai

    import promptlab

    given = {"api_key": "k", "base_url": base_url, "max_retries": 5}
    raw = openai.AsyncOpenAI(**given)
    lab = promptlab.PromptLab(api_key="pl", base_url=lab_url)
    tracked = lab.track(openai.AsyncOpenAI(**given))

    async def all_rounds() -> tuple[list[float], list[float]]:
        await round_of(raw)
        await round_of(tracked)
        rates: tuple[list[float], list[float]] = ([], [])
        for number in range(7):
            order = (0, 1) if number % 2 else (1, 0)
            for index in order:
                rates[index].append(await round_of((raw, tracked)[index]))
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


def words_of(number: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"{number} {TEXT}{TEXT}{TEXT}{TEXT}"[:9_000]}]


def memory(name: str) -> dict[str, float]:
    """Bytes that the process has grown by, as the system counts them: also of what is not Python's."""
    client, _ = clients(name, AWAY)
    for number in range(200):
        client.chat.completions.create(model="m", messages=words_of(number))
    gc.collect()
    before = resident_bytes()
    for number in range(10_000):
        client.chat.completions.create(model="m", messages=words_of(number))
    gc.collect()
    return {"bytes": resident_bytes() - before}


def resident_bytes() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def queue() -> dict[str, float]:
    import tracemalloc

    import promptlab

    lab = promptlab.PromptLab(api_key="pl", base_url=AWAY, exit_timeout=0)
    tracemalloc.start()
    for number in range(10_000):
        lab.api.log_request({"model": "m", "provider": "p", "messages": words_of(number)})
    stats = lab.stats()
    return {"bytes": tracemalloc.get_traced_memory()[0], "kept": stats.queued, "dropped": sum(stats.dropped.values())}


def imports(name: str) -> dict[str, float]:
    """With the library imported before, and a client made."""
    import openai

    client = openai.OpenAI(api_key="k")
    before = set(sys.modules)
    started = time.process_time()
    load_wrapper(name, AWAY).wrap(client)
    took = (time.process_time() - started) * 1_000
    added = set(sys.modules) - before
    return {
        "ms": took,
        "modules": len([module for module in added if not module.startswith(name)]),
        "of_the_library": len([module for module in added if module.startswith("openai")]),
    }


if __name__ == "__main__":
    what, *args = sys.argv[1:]
    # What others say of a server that is not there.
    logging.disable(logging.CRITICAL)
    measurements = [own, path, load, pairs, memory, queue, imports]
    print(json.dumps({each.__name__: each for each in measurements}[what](*args)), flush=True)
    # What they want to tell it is not waited for.
    os._exit(0)
