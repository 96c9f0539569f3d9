"""H. What is around the code that runs now, where steps do not end in the order in which they began."""

from __future__ import annotations

import asyncio
from typing import Any, Iterator, Optional

import promptlab


def _here() -> Optional[str]:
    step = promptlab.current_trace()
    return step.span_id if step is not None else None


def test_p80_a_step_inside_of_a_generator_waits_with_it_at_a_yield() -> None:
    seen: list[Any] = []

    @promptlab.trace("answer")
    def answer() -> Iterator[int]:
        outer = _here()
        with promptlab.span("search") as step:
            yield 1
            seen.append(_here() == step.span_id)
            yield 2
        seen.append(_here() == outer)

    answering = answer()
    for _ in range(2):
        next(answering)
        assert _here() is None
    with promptlab.trace("another") as another:
        assert list(answering) == [] and _here() == another.span_id
    assert seen == [True, True] and _here() is None


def test_p80_the_same_in_another_task() -> None:
    @promptlab.trace("answer")
    async def answer() -> Any:
        for number in range(4):
            with promptlab.span("search") as step:
                await asyncio.sleep(0)
                yield number
                assert _here() == step.span_id

    async def read() -> None:
        answering = answer()
        await answering.__anext__()
        assert _here() is None
        await asyncio.create_task(answering.__anext__())
        await answering.__anext__()
        assert _here() is None
        await asyncio.create_task(answering.aclose())
        assert _here() is None

    asyncio.run(read())


def test_steps_that_end_in_another_order_leave_nothing_behind() -> None:
    def answer(name: str) -> Iterator[int]:
        with promptlab.trace(name):
            yield 1
            yield 2

    with promptlab.trace("around") as around:
        for order in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (0, 2, 1)):
            turns = [answer(name) for name in "abc"]
            for turn in turns:
                next(turn)
            for index in order:
                list(turns[index])
            assert _here() == around.span_id
    assert _here() is None
