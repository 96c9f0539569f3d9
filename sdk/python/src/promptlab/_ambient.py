"""What is around the code that runs now: the step of a trace, and the values of `context()`."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Any, Callable, Mapping, Optional, TypeVar

_T = TypeVar("_T")


class Span:
    """One step of a trace, while it runs. `fields`: what it hands to every call inside. `content`: its own input and
    output, where something is to be kept."""

    __slots__ = ("content", "fields", "find_core", "span_id", "trace_id")

    def __init__(self, trace_id: str, span_id: str, fields: Mapping[str, Any], find_core: Callable[[], Any]) -> None:
        self.trace_id = trace_id
        self.span_id = span_id
        # Replaced and never changed, so that a call keeps what was set when it was made.
        self.fields = fields
        self.content: Optional[Any] = None
        self.find_core = find_core


class Ambient:
    """What it says never changes, so that it can be handed to any task and any thread."""

    __slots__ = ("begun_by", "extras", "span")

    def __init__(self, span: Optional[Span], extras: Optional[Mapping[str, Any]]) -> None:
        self.span = span
        self.extras = extras
        # Until that ends.
        self.begun_by: Optional[Activation] = None


AMBIENT: ContextVar[Optional[Ambient]] = ContextVar("promptlab_ambient", default=None)


class Activation:
    """Puts an ambient value in place and takes it back. Safe where the end runs in another context than the beginning."""

    __slots__ = ("_before", "value")

    def __init__(self, value: Ambient) -> None:
        self.value = value
        self._before: Optional[Ambient] = None

    @property
    def is_current(self) -> bool:
        return AMBIENT.get() is self.value

    def begin(self) -> None:
        self._before = AMBIENT.get()
        self.value.begun_by = self
        AMBIENT.set(self.value)

    def end(self) -> None:
        self.value.begun_by = None
        # A token would raise in another context, as where a generator is finished in another task; there is nothing
        # to take back there, unless it inherited ours.
        if self.is_current:
            AMBIENT.set(self._before)
            return
        # Others that began later go on, as where two generators take turns: they are not to come back to this one.
        later = AMBIENT.get()
        while later is not None and later.begun_by is not None:
            activation = later.begun_by
            later = activation._before
            if later is self.value:
                activation._before = self._before


class Stretches:
    """Puts an ambient value in place for each stretch of a generator, and takes it back at its `yield`. What the
    generator itself has begun and not ended, such as a `with span()` around a `yield`, waits with it."""

    __slots__ = ("_inside", "_token")

    def __init__(self, value: Optional[Ambient]) -> None:
        self._inside = value
        self._token: Optional[Token[Optional[Ambient]]] = None

    def __enter__(self) -> None:
        if self._inside is not None:
            self._token = AMBIENT.set(self._inside)

    def __exit__(self, *ignored: Any) -> None:
        token, self._token = self._token, None
        inside = AMBIENT.get()
        if token is None:
            return
        try:
            AMBIENT.reset(token)
            self._inside = inside
        except ValueError:
            # Finished in another task, in the middle of an `await`: there is nothing to take back there.
            pass


def take_own(begun: list[_T], activation_of: Callable[[_T], Optional[Activation]]) -> Optional[_T]:
    """The one that this thread or task began, of an object that several of them are in; else the last."""
    for one in reversed(begun):
        activation = activation_of(one)
        if activation is not None and activation.is_current:
            begun.remove(one)
            return one
    return begun.pop() if begun else None
