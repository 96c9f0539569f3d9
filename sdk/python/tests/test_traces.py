"""H. Traces."""

from __future__ import annotations

import asyncio
import contextvars
import datetime
import decimal
import gc
import inspect
import threading
import time
import uuid
from unittest import mock

import pytest
from harness import CHAT, Way

from promptlab._ambient import AMBIENT

import promptlab


def _tree(way: Way) -> dict[str, dict]:
    return {span["name"]: span for span in way.spans}


def test_p77_calls_and_spans_nest(way: Way) -> None:
    lab = way.lab()
    client = lab.track(way.make())
    with lab.trace("outer", user_id="u-1", tags={"plan": "pro"}, metadata={"a": 1}) as outer:
        assert promptlab.current_trace().id == outer.id
        with lab.span("inner") as inner:
            inner.set(tags={"step": "2"}, session_id="s-1")
            way.do(client.chat.completions.create(**CHAT))
        way.do(client.chat.completions.create(**CHAT))
    error = ValueError("it broke")
    with pytest.raises(ValueError) as raised, lab.trace("fails"):
        raise error
    assert raised.value is error and promptlab.current_trace() is None
    first, second = way.records
    spans = _tree(way)
    assert inner.id == outer.id == first["trace_id"] == second["trace_id"] == spans["inner"]["trace_id"]
    assert (first["parent_id"], second["parent_id"]) == (inner.span_id, outer.span_id)
    assert spans["inner"]["parent_id"] == outer.span_id and "parent_id" not in spans["outer"]
    assert (first["tags"], first["user_id"], first["session_id"]) == ({"plan": "pro", "step": "2"}, "u-1", "s-1")
    assert second["tags"] == {"plan": "pro"} and "session_id" not in second
    assert spans["outer"]["tags"] == {"plan": "pro"} and first["metadata"]["a"] == spans["outer"]["metadata"]["a"] == 1
    assert spans["fails"]["status"] == "error" and spans["fails"]["error"]["message"] == "it broke"


def test_p78_functions_stay_what_they_were(way: Way) -> None:
    lab = way.lab()

    @lab.trace("sync")
    def plain(a: int, b: str = "x") -> str:
        """Says."""
        return f"{a}{b}{promptlab.current_trace() is not None}"

    @lab.trace()
    async def coroutine(a: int) -> int:
        await asyncio.sleep(0)
        return a

    @lab.trace("generator")
    def generator(count: int):
        got = yield from range(count)
        assert got is None
        sent = yield "last"
        return sent

    @lab.trace("async generator")
    async def async_generator(count: int):
        for number in range(count):
            yield number

    assert plain(1, b="y") == "1yTrue" and str(inspect.signature(plain)) == "(a: 'int', b: 'str' = 'x') -> 'str'"
    assert plain.__doc__ == "Says." and not inspect.iscoroutinefunction(plain)
    assert inspect.iscoroutinefunction(coroutine) and asyncio.run(coroutine(4)) == 4
    assert inspect.isgeneratorfunction(generator) and inspect.isasyncgenfunction(async_generator)
    running = generator(2)
    assert [next(running), next(running), next(running)] == [0, 1, "last"]
    with pytest.raises(StopIteration) as stop:
        running.send("sent")
    assert stop.value.value == "sent"

    async def read():
        return [item async for item in async_generator(3)]

    assert asyncio.run(read()) == [0, 1, 2]
    assert sorted(span["name"] for span in way.spans) == ["async generator", "generator", "sync", "unnamed"]


def test_p78_without_a_name_and_called_again(way: Way) -> None:
    lab = way.lab()

    @lab.trace
    def recursive(depth: int) -> int:
        return recursive(depth - 1) + 1 if depth else 0

    assert recursive(2) == 2
    spans = way.spans
    assert len(spans) == 3 and len({span["trace_id"] for span in spans}) == 1
    assert all("recursive" in span["name"] for span in spans)


def test_p79_the_context_is_that_of_the_call(way: Way) -> None:
    lab = way.lab()
    client = lab.track(way.make())
    with lab.trace("made here") as made:
        stream = way.do(client.chat.completions.create(**CHAT, stream=True))
        later = client.chat.completions.create(**CHAT)
    with lab.trace("read here"):
        way.items(stream)
        way.do(later)
    assert [record["trace_id"] for record in way.records] == [made.id, made.id]
    assert {record["parent_id"] for record in way.records} == {made.span_id}


def test_p80_a_generator_holds_nothing_across_a_yield(way: Way, recwarn: pytest.WarningsRecorder) -> None:
    lab = way.lab()
    client = lab.track(way.make())

    @lab.trace("numbers")
    def numbers():
        yield way.do(client.chat.completions.create(**CHAT)) and 1
        yield 2

    @lab.trace("async numbers")
    async def async_numbers():
        yield 1
        yield 2

    running = numbers()
    next(running)
    assert AMBIENT.get() is None
    running.close()
    other = numbers()
    contextvars.copy_context().run(next, other)
    contextvars.copy_context().run(other.close)

    async def stop_early():
        async for _ in async_numbers():
            assert AMBIENT.get() is None
            break
        left = async_numbers()
        await left.__anext__()
        await asyncio.create_task(left.aclose())
        another = async_numbers()
        await asyncio.create_task(_next(another))
        return [item async for item in another]

    assert asyncio.run(stop_early()) == [2]
    gc.collect()
    spans = way.spans
    assert [span["name"] for span in spans].count("numbers") == 2
    assert [span["name"] for span in spans].count("async numbers") == 3
    assert all(span["status"] == "success" for span in spans)
    assert way.records[0]["parent_id"] in {span["id"] for span in spans}
    with lab.trace("in a generator") as step:

        def with_inside():
            with lab.trace("held"):
                yield

        held = with_inside()
        contextvars.copy_context().run(next, held)
        held.close()
        assert promptlab.current_trace().span_id == step.span_id


async def _next(generator):
    return await generator.__anext__()


def test_p81_tasks_and_threads_never_mix(provider, receiver) -> None:
    way = Way(True, provider, receiver)
    lab = way.lab()
    client = lab.track(way.make())

    async def task(number: int):
        async with lab.trace(f"task-{number}", trace_id=f"task-{number}"):
            await asyncio.sleep(0.001 * (number % 7))
            async with lab.span("inner"):
                await client.chat.completions.create(**CHAT, prompt_slug=f"task-{number}")

    async def all_tasks():
        await asyncio.gather(*[task(number) for number in range(100)])

    way.do(all_tasks())
    other = Way(False, provider, receiver)
    sync_client = lab.track(other.make())

    def work(number: int):
        with lab.trace(f"thread-{number}", trace_id=f"thread-{number}"):
            sync_client.chat.completions.create(**CHAT, prompt_slug=f"thread-{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = way.records
    assert len(records) == 200 and all(record["trace_id"] == record["prompt_slug"] for record in records)
    other.end()
    way.end()


def test_p82_an_explicit_trace_id_wins_and_ties_no_trees_together(way: Way) -> None:
    lab = way.lab()
    client = lab.track(way.make())
    with lab.trace("outer") as outer:
        way.do(client.chat.completions.create(**CHAT, trace_id="other"))
        way.do(client.chat.completions.create(**CHAT, trace_id=outer.id))
        way.do(client.chat.completions.create(**CHAT, promptlab={"trace_id": "third", "parent_id": "p-1"}))
    other, same, third = way.records
    assert other["trace_id"] == "other" and "parent_id" not in other
    assert same["parent_id"] == outer.span_id
    assert (third["trace_id"], third["parent_id"]) == ("third", "p-1")


def test_the_functions_of_the_module_use_the_first_instance(way: Way) -> None:
    client = promptlab.track(way.make(), api_key="pl", base_url=way.receiver.base_url)

    @promptlab.trace("answer")
    def answer():
        with promptlab.span("search"):
            pass
        return way.do(client.chat.completions.create(**CHAT))

    answer()
    assert promptlab.flush().ok and promptlab.stats().sent == 3
    assert {span["name"] for span in way.receiver.spans.values()} == {"answer", "search"}
    assert promptlab.shutdown().ok


def test_p90_a_step_keeps_what_it_was_given_and_what_it_gave_back(way: Way) -> None:
    lab = way.lab()
    given = {"sku": "kvass", "sizes": [128]}
    with lab.trace("told", kind="tool", input=given) as step:
        given["sizes"].append(140)
        step.set(output={"stock": 3})
        with lab.span("inner"):
            promptlab.current_trace().set(output=[1, None])
    with lab.trace("plain"):
        pass

    class Shop:
        @lab.trace("method", capture=True)
        def stock(self, sku: str, *, limit: int = 5) -> dict:
            return {"sku": sku}

        @lab.trace("not kept")
        def quiet(self, sku: str) -> str:
            return sku

    @lab.trace("coroutine", capture=True)
    async def coroutine(question: str, *rest: int) -> str:
        promptlab.current_trace().set(output="said")
        return question

    @lab.trace("generator", capture=True)
    def generator(count: int):
        yield from range(count)

    assert Shop().stock("a", limit=2) == {"sku": "a"} and Shop().quiet("b") == "b"
    assert asyncio.run(coroutine("why?", 1, 2)) == "why?" and list(generator(2)) == [0, 1]
    spans = _tree(way)
    content = {name: (span.get("input"), span.get("output")) for name, span in spans.items()}
    assert content["told"] == ({"sku": "kvass", "sizes": [128]}, {"stock": 3}) and spans["told"]["kind"] == "tool"
    assert content["inner"] == (None, [1, None])
    assert content["method"] == ({"sku": "a", "limit": 2}, {"sku": "a"})
    assert content["coroutine"] == ({"question": "why?", "rest": [1, 2]}, "said")
    assert content["generator"] == ({"count": 2}, None)
    for name in ("plain", "not kept"):
        assert "input" not in spans[name] and "output" not in spans[name] and "kind" not in spans[name]


def test_p91_content_obeys_the_switches_and_never_breaks_the_step(way: Way) -> None:
    class Hostile:
        def model_dump(self) -> None:
            raise RuntimeError("no")

    lab = way.lab()
    cycle: dict = {"password": "hunter2", "odd": Hostile()}
    cycle["self"] = cycle
    with pytest.raises(ValueError), lab.trace("failed", input=cycle):
        raise ValueError("boom")
    silent = way.lab(capture_input=False, capture_output=False)
    with silent.trace("private", input="secret") as step:
        step.set(output="secret")
    spans = _tree(way)
    assert spans["failed"]["input"] == {
        "password": "[removed: credential]",
        "odd": "[unreadable: RuntimeError]",
        "self": "[circular]",
    }
    assert "output" not in spans["failed"] and "secret" not in str(spans["private"])


def test_p80_one_manager_in_two_threads_keeps_their_steps_apart(sync: Way) -> None:
    lab = sync.lab()
    shared = {"span": lab.trace("shared"), "context": promptlab.context(user_id="u-1")}
    turn = threading.Barrier(2)
    left = {}

    def first() -> None:
        with shared["context"], shared["span"] as step:
            left["first"] = step.span_id
            turn.wait()
            turn.wait()
        left["around the first"] = AMBIENT.get()

    def second() -> None:
        turn.wait()
        with shared["context"], shared["span"]:
            turn.wait()
            time.sleep(0.1)
        left["around the second"] = AMBIENT.get()

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert left["around the first"] is None and left["around the second"] is None
    latencies = {span["id"] == left["first"]: span["latency_ms"] for span in sync.spans}
    assert latencies[False] > 90


def test_p78_methods_of_classes_and_objects_that_are_called(way: Way) -> None:
    lab = way.lab()

    class Tools:
        @lab.trace
        @classmethod
        def of_class(cls, value: int) -> tuple[type, int]:
            return cls, value

        @lab.trace("static")
        @staticmethod
        def static(value: int) -> int:
            return value

    class Agent:
        async def __call__(self, value: int) -> tuple[bool, int]:
            return promptlab.current_trace() is not None, value

    assert Tools.of_class(1) == (Tools, 1) and Tools().of_class(1) == (Tools, 1)
    assert Tools.static(2) == 2 and Tools().static(2) == 2
    if way.is_async:
        assert way.do(lab.trace("agent")(Agent())(3)) == (True, 3)
    names = [span["name"].rpartition(".")[2] for span in way.spans]
    assert names == ["of_class"] * 2 + ["static"] * 2 + ["agent"] * way.is_async


def test_p91_a_mock_as_an_argument_costs_no_time(sync: Way) -> None:
    lab = sync.lab()
    work = lab.trace("work", capture=True)(lambda client: None)
    started = time.perf_counter()
    work(mock.MagicMock())
    assert time.perf_counter() - started < 0.1
    assert len(sync.spans) == 1


def test_ids_and_tags_that_are_objects_are_put_in_words(way: Way) -> None:
    client, lab = way.track(), way.labs[0]
    given = uuid.UUID("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
    tags = {"id": given, "day": datetime.date(2026, 1, 2), "price": decimal.Decimal("1.50")}
    words = {"id": str(given), "day": "2026-01-02", "price": "1.50"}
    with lab.trace("step", user_id=given, tags=tags):
        pass
    way.do(client.chat.completions.create(**CHAT, trace_id=given, tags=tags))
    [span] = way.spans
    assert span["user_id"] == str(given) and span["tags"] == words
    assert way.record["trace_id"] == str(given) and way.record["tags"] == words
