"""Watches one stream or one raw response through what the library itself calls on it. The object stays the library's own."""

from __future__ import annotations

import copy
import functools
import weakref
from types import MethodType
from typing import Any, AsyncIterator, Callable, Iterator

from ._call import Call
from ._warn import contain, report_internal

# What is kept of a body that the caller reads himself.
_MAX_RAW = 4_000_000


def is_stream(value: Any) -> bool:
    """What a streamed call gives: the two parts that every way of reading it goes through."""
    return hasattr(value, "_iterator") and hasattr(value, "_iter_events") and hasattr(value, "response")


def watch_stream(stream: Any, call: Call, watched: Any = None) -> None:
    """Puts two generators between the stream and its reader, and hears of its end; of `watched` that is heard already."""
    call.begin_stream()
    guard = _Guard(call)
    is_async = hasattr(stream, "__anext__")
    events = type(stream)._iter_events
    # On the instance: the library looks it up when reading begins.
    tap = _tap_async if is_async else _tap
    stream._iter_events = MethodType(functools.partial(_begin_events, tap, events, call), stream)
    stream._iterator = (_watch_async if is_async else _watch)(stream._iterator, call, guard)
    # Never twice: the guard of the first would take its being replaced for the end of the response.
    if stream.response is not watched:
        watch_close(stream.response, call)
    call.core.open_streams.add(call)


def _begin_events(tap: Any, events: Any, call: Call, stream: Any) -> Any:
    # Looked up once: what stays on the stream would keep it until a garbage collection.
    stream.__dict__.pop("_iter_events", None)
    iterator = events(stream)
    try:
        return tap(iterator, call)
    except Exception as thrown:  # noqa: BLE001 -- the stream is the caller's
        report_internal("watch a stream", thrown)
        return iterator


class _Guard:
    """Ends the record of a stream that nobody reads on, also of one that was never started."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def __del__(self) -> None:
        # May run in the middle of anything, on any thread: nothing here waits for a lock.
        contain("end a stream", self._call.succeed, "dropped")


def _tap(events: Iterator[Any], call: Call) -> Iterator[Any]:
    add = call.add_event
    for event in events:
        try:
            add(event.data)
        except Exception as thrown:  # noqa: BLE001
            report_internal("keep a piece of a stream", thrown)
        yield event


async def _tap_async(events: AsyncIterator[Any], call: Call) -> AsyncIterator[Any]:
    add = call.add_event
    async for event in events:
        try:
            add(event.data)
        except Exception as thrown:  # noqa: BLE001
            report_internal("keep a piece of a stream", thrown)
        yield event


def _watch(items: Any, call: Call, guard: _Guard) -> Iterator[Any]:
    hides_usage = call.hides_usage
    call.is_inside = True
    try:
        for item in items:
            if hides_usage and _is_usage_only(item):
                continue
            call.is_inside = False
            yield item
            call.is_inside = True
    except GeneratorExit:
        contain("record a stream", call.succeed, "closed")
        items.close()
        raise
    except BaseException as thrown:
        contain("record an error", call.fail, thrown)
        raise
    contain("record a stream", call.succeed, "end")
    del guard


async def _watch_async(items: Any, call: Call, guard: _Guard) -> AsyncIterator[Any]:
    hides_usage = call.hides_usage
    call.is_inside = True
    try:
        async for item in items:
            if hides_usage and _is_usage_only(item):
                continue
            call.is_inside = False
            yield item
            call.is_inside = True
    except GeneratorExit:
        contain("record a stream", call.succeed, "closed")
        try:
            await items.aclose()
        except RuntimeError:
            # A loop that ends closes the generators of both of us.
            pass
        raise
    except BaseException as thrown:
        contain("record an error", call.fail, thrown)
        raise
    contain("record a stream", call.succeed, "end")
    del guard


def _is_usage_only(chunk: Any) -> bool:
    """The extra last chunk of `include_usage`: token counts and no choices."""
    return getattr(chunk, "choices", None) == [] and getattr(chunk, "usage", None) is not None


def watch_close(response: Any, call: Call) -> None:
    """Hears when the response is closed, by whatever way, or dropped without that."""
    guard = _Guard(call)
    for name in ("close", "aclose"):
        original = getattr(type(response), name)

        def close(self: Any, original: Any = original, guard: _Guard = guard) -> Any:
            contain("record a stream", _note_close, call)
            return original(self)

        setattr(response, name, MethodType(functools.wraps(original)(close), response))
    # Taken off at the end of the record, or the response would be kept until a garbage collection.
    call.watched = weakref.ref(response)


def _note_close(call: Call) -> None:
    if not call.is_inside:
        call.succeed("closed")


def watch_raw(raw: Any, response: Any, call: Call, on_parsed: Callable[[Any], None]) -> None:
    """A raw response whose body the caller reads himself: what he reads is kept, nothing is read for the record's sake."""
    call.raw_reading = "unseen"
    _watch_bytes(response, "iter_bytes", _tap_bytes, call)
    _watch_bytes(response, "aiter_bytes", _tap_bytes_async, call)
    watch_close(response, call)
    parse = type(raw).parse

    def note(parsed: Any) -> Any:
        contain("watch a stream", _note_parsed, parsed, response, call, on_parsed)
        return parsed

    owner = weakref.ref(raw)
    # For `create(…).parse()`: there the raw response is gone before its method runs.
    twin = copy.copy(raw)

    # By what it gives: in one major a coroutine, in another not.
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = owner()
        result = parse(twin if found is None else found, *args, **kwargs)
        return _note_later(result, note) if hasattr(result, "__await__") else note(result)

    # Bound to a proxy: a method that holds its own object keeps it until a garbage collection.
    raw.parse = MethodType(functools.wraps(parse)(watched), weakref.proxy(raw))


async def _note_later(result: Any, note: Callable[[Any], Any]) -> Any:
    return note(await result)


def _note_parsed(parsed: Any, response: Any, call: Call, on_parsed: Callable[[Any], None]) -> None:
    if is_stream(parsed):
        call.raw_reading = None
        if not call.is_streamed:
            watch_stream(parsed, call, watched=response)
    on_parsed(parsed)


def _watch_bytes(response: Any, name: str, tap: Any, call: Call) -> None:
    original = getattr(type(response), name)

    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        return tap(original(self, *args, **kwargs), call)

    setattr(response, name, MethodType(functools.wraps(original)(watched), response))


# Where the library reads a stream (no raw reading), whoever watches that knows who is reading.


def _tap_bytes(pieces: Iterator[bytes], call: Call) -> Iterator[bytes]:
    if call.raw_reading is not None:
        call.is_inside = True
    for piece in pieces:
        contain("keep a piece of a body", _keep_bytes, call, piece)
        if call.raw_reading is not None:
            call.is_inside = False
        yield piece
        if call.raw_reading is not None:
            call.is_inside = True
    contain("record a raw response", _end_raw, call)


async def _tap_bytes_async(pieces: AsyncIterator[bytes], call: Call) -> AsyncIterator[bytes]:
    if call.raw_reading is not None:
        call.is_inside = True
    async for piece in pieces:
        contain("keep a piece of a body", _keep_bytes, call, piece)
        if call.raw_reading is not None:
            call.is_inside = False
        yield piece
        if call.raw_reading is not None:
            call.is_inside = True
    contain("record a raw response", _end_raw, call)


def _end_raw(call: Call) -> None:
    # Where the library reads a stream, the record ends with that.
    if call.raw_reading is not None:
        call.succeed("end")


def _keep_bytes(call: Call, piece: bytes) -> None:
    if call.is_done or call.raw_reading is None:
        return
    call.raw_reading = "read" if call.raw_size + len(piece) <= _MAX_RAW else "cut"
    if call.raw_reading == "read":
        if call.raw_pieces is None:
            call.raw_pieces = []
        call.raw_pieces.append(piece)
        call.raw_size += len(piece)
