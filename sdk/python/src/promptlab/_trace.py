"""Steps of a trace: `trace()` and `span()` group what happens inside them, and are recorded when they end."""

from __future__ import annotations

import functools
import inspect
from time import perf_counter, time_ns
from typing import TYPE_CHECKING, Any, AsyncGenerator, Callable, Generator, Mapping, Optional, TypeVar, Union, overload

from ._ambient import AMBIENT, Activation, Ambient, Span, Stretches, take_own
from ._span_content import SpanContent, arguments_of
from ._warn import contain
from .record.clean import clean_identifier, clean_tags
from .record.copier import Copier
from .record.error import CallError
from .record.to_log import to_instant
from .record.uuid7 import new_id

if TYPE_CHECKING:
    from types import TracebackType

    from ._core import Core

_F = TypeVar("_F", bound=Callable[..., Any])
FindCore = Callable[[], "Optional[Core]"]
_FIELD_NAMES = ("tags", "metadata", "user_id", "session_id")
# Values that the metadata may take: the server counts those of the whole step, and content takes most of them.
_METADATA_VALUES = 18_000


class Trace:
    """One step, while it runs."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def id(self) -> str:
        """The trace id; where the context cannot be carried, pass it as `trace_id`."""
        return self._span.trace_id

    @property
    def span_id(self) -> str:
        """The id of this step; what happens inside carries it as `parent_id`."""
        return self._span.span_id

    def set(
        self,
        *,
        tags: Optional[Mapping[str, Any]] = None,
        metadata: Optional[Mapping[str, Any]] = None,
        user_id: Optional[str] = None,
        session_id: Optional[str] = None,
        input: Any = None,  # noqa: A002 -- the name of the field
        output: Any = None,
    ) -> None:
        """Adds fields to this step and to every call made inside it from now on; `input` and `output` to this step alone."""
        given = {"tags": tags, "metadata": metadata, "user_id": user_id, "session_id": session_id}
        contain("set fields of a span", _set_fields, self._span, given)
        if input is not None or output is not None:
            contain("set the content of a span", self._keep, input, output)

    def _keep(self, input: Any, output: Any) -> None:  # noqa: A002
        _content_of(self._span).keep(input=input, output=output)


def _content_of(span: Span) -> SpanContent:
    if span.content is None:
        span.content = SpanContent(span.find_core)
    content: SpanContent = span.content
    return content


def _set_fields(span: Span, given: Mapping[str, Any]) -> None:
    fields = dict(span.fields)
    for name, value in given.items():
        if value is None:
            continue
        if name in ("tags", "metadata"):
            if isinstance(value, Mapping):
                fields[name] = {**(fields.get(name) or {}), **value}
        else:
            fields[name] = value
    span.fields = fields


class _Step:
    """One run of a step."""

    __slots__ = (
        "_find_core", "_is_ended", "_kind", "_name", "_parent_id", "_started", "_started_ns", "activation", "keeps", "trace",
    )  # fmt: skip

    def __init__(self, find_core: FindCore, name: Any, options: Mapping[str, Any]) -> None:
        around = AMBIENT.get()
        outer = around.span if around else None
        trace_id = clean_identifier(options.get("trace_id")) or (outer.trace_id if outer else None)
        if trace_id is None:
            extras = around.extras if around else None
            trace_id = clean_identifier((extras or {}).get("trace_id")) or new_id()
        span = Span(trace_id, new_id(), outer.fields if outer else {}, find_core)
        _set_fields(span, {field: options.get(field) for field in _FIELD_NAMES})
        self._find_core = find_core
        self._name = clean_identifier(name) or "unnamed"
        self._kind = clean_identifier(options.get("kind"))
        # Whether the arguments and the result of a function are kept.
        self.keeps = options.get("capture") is True
        is_inside = outer is not None and outer.trace_id == trace_id
        self._parent_id = clean_identifier(options.get("parent_id")) or (outer.span_id if outer and is_inside else None)
        self._started = perf_counter()
        self._started_ns = time_ns()
        self._is_ended = False
        self.trace = Trace(span)
        self.activation = Activation(Ambient(span, around.extras if around else None))
        if options.get("input") is not None:
            _content_of(span).keep(input=options["input"])

    def keep_arguments(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        _content_of(self.trace._span).keep(input=arguments_of(function, args, kwargs))

    def keep_result(self, value: Any) -> None:
        _content_of(self.trace._span).keep_result(value)

    def end(self, thrown: Optional[BaseException] = None) -> None:
        if not self._is_ended:
            self._is_ended = True
            contain("record a span", self._record, thrown)

    def _record(self, thrown: Optional[BaseException]) -> None:
        core = self._find_core()
        if core is None or not core.is_enabled:
            return
        # An interrupt or a cancelled task is no failure of the step, but it did not end well either.
        error = CallError(thrown) if thrown is not None and not isinstance(thrown, GeneratorExit) else None
        span, settings = self.trace._span, core.settings
        copier = Copier(100_000, _METADATA_VALUES)
        fields = span.fields
        metadata = copier.copy(fields.get("metadata"))
        record = {
            "id": span.span_id,
            "trace_id": span.trace_id,
            "parent_id": self._parent_id,
            "name": self._name,
            "kind": self._kind,
            "started_at": to_instant(self._started_ns),
            "latency_ms": max(0.0, round((perf_counter() - self._started) * 1_000, 3)),
            "status": "error" if error else "success",
            "error": error.to_json(core.secrets()) if error else None,
            "tags": {**settings.tags, **clean_tags(fields.get("tags") or {})} or None,
            "metadata": metadata if isinstance(metadata, dict) else None,
            "user_id": clean_identifier(fields.get("user_id")),
            "session_id": clean_identifier(fields.get("session_id")),
            "environment": settings.environment,
            "release": settings.release,
        }
        kept = {name: value for name, value in record.items() if value is not None}
        content: Optional[SpanContent] = span.content
        if content is not None:
            content.add_to(kept)
        core.record_span(kept, copier.size + (content.size if content else 0) + 400, error is not None)


_NO_TRACE = Trace(Span("", "", {}, lambda: None))


class TraceManager:
    """What `trace()` and `span()` give: for `with`, for `async with`, and as a decorator of any function."""

    __slots__ = ("_find_core", "_name", "_options", "_steps")

    def __init__(self, find_core: FindCore, name: Any, options: Mapping[str, Any]) -> None:
        self._find_core = find_core
        self._name = name
        self._options = options
        self._steps: list[Optional[_Step]] = []

    def _begin(self) -> Optional[_Step]:
        return contain("begin a span", _Step, self._find_core, self._name, self._options)

    def _begin_call(self, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Optional[_Step]:
        step = self._begin()
        if step is not None and step.keeps:
            contain("keep arguments", step.keep_arguments, function, args, kwargs)
        return step

    def __enter__(self) -> Trace:
        step = self._begin()
        self._steps.append(step)
        if step is None:
            return _NO_TRACE
        step.activation.begin()
        return step.trace

    def __exit__(
        self, kind: Optional[type[BaseException]], thrown: Optional[BaseException], where: Optional[TracebackType]
    ) -> None:
        step = take_own(self._steps, lambda own: own.activation if own is not None else None)
        if step is not None:
            step.activation.end()
            step.end(thrown)

    async def __aenter__(self) -> Trace:
        return self.__enter__()

    async def __aexit__(
        self, kind: Optional[type[BaseException]], thrown: Optional[BaseException], where: Optional[TracebackType]
    ) -> None:
        self.__exit__(kind, thrown, where)

    def __call__(self, function: _F) -> _F:
        """A function that runs as one step each time; what kind of function it is stays as it was."""
        if isinstance(function, (classmethod, staticmethod)):
            # The method inside is what runs.
            return type(function)(self(function.__func__))
        begin = self._begin_call
        wrapper: Any
        if inspect.isasyncgenfunction(function):
            wrapper = _wrap_async_generator(function, begin)
        elif inspect.isgeneratorfunction(function):
            wrapper = _wrap_generator(function, begin)
        elif inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(type(function), "__call__", None)
        ):

            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                with _Run(begin(function, args, kwargs)) as run:
                    return run.keep(await function(*args, **kwargs))

        else:

            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                with _Run(begin(function, args, kwargs)) as run:
                    return run.keep(function(*args, **kwargs))

        result: _F = wrapper
        return result


class _Run:
    """A step around one call of a function."""

    __slots__ = ("_step",)

    def __init__(self, step: Optional[_Step]) -> None:
        self._step = step

    def __enter__(self) -> _Run:
        if self._step is not None:
            self._step.activation.begin()
        return self

    def keep(self, result: Any) -> Any:
        """The result, which is the caller's."""
        if self._step is not None and self._step.keeps:
            contain("keep a result", self._step.keep_result, result)
        return result

    def __exit__(self, kind: Any, thrown: Optional[BaseException], where: Any) -> None:
        if self._step is not None:
            self._step.activation.end()
            self._step.end(thrown)


def _wrap_generator(function: Any, begin: Callable[..., Optional[_Step]]) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        generator, step = function(*args, **kwargs), begin(function, args, kwargs)
        stretch = Stretches(step.activation.value if step is not None else None)
        sent: Any = None
        thrown: Optional[BaseException] = None
        try:
            while True:
                with stretch:
                    try:
                        item = generator.send(sent) if thrown is None else generator.throw(thrown)
                    except StopIteration as stop:
                        return stop.value
                sent = thrown = None
                try:
                    sent = yield item
                except GeneratorExit:
                    with stretch:
                        generator.close()
                    raise
                except BaseException as given:  # noqa: BLE001 -- belongs to the generator below
                    thrown = given
        except BaseException as failure:
            if step is not None:
                step.end(failure)
            raise
        finally:
            if step is not None:
                step.end()

    return wrapper


def _wrap_async_generator(function: Any, begin: Callable[..., Optional[_Step]]) -> Any:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        generator, step = function(*args, **kwargs), begin(function, args, kwargs)
        stretch = Stretches(step.activation.value if step is not None else None)
        sent: Any = None
        thrown: Optional[BaseException] = None
        try:
            while True:
                with stretch:
                    try:
                        item = await (generator.asend(sent) if thrown is None else generator.athrow(thrown))
                    except StopAsyncIteration:
                        return
                sent = thrown = None
                try:
                    sent = yield item
                except GeneratorExit:
                    with stretch:
                        await generator.aclose()
                    raise
                except BaseException as given:  # noqa: BLE001 -- belongs to the generator below
                    thrown = given
        except BaseException as failure:
            if step is not None:
                step.end(failure)
            raise
        finally:
            if step is not None:
                step.end()

    return wrapper


@overload
def make_trace(find_core: FindCore, name: _F, options: Mapping[str, Any]) -> _F: ...
@overload
def make_trace(find_core: FindCore, name: Optional[str], options: Mapping[str, Any]) -> TraceManager: ...
def make_trace(find_core: FindCore, name: Any, options: Mapping[str, Any]) -> Union[TraceManager, Any]:
    """`@trace` without a name takes that of the function."""
    if callable(name) or isinstance(name, (classmethod, staticmethod)):
        function = getattr(name, "__func__", name)
        return TraceManager(find_core, getattr(function, "__qualname__", "unnamed"), options)(name)
    return TraceManager(find_core, name, options)


def current_trace() -> Optional[Trace]:
    """The step around the code that runs now, or None outside of any."""
    ambient = AMBIENT.get()
    return Trace(ambient.span) if ambient is not None and ambient.span is not None else None
