"""`track()` and the functions beside it work on instances shared by the process, so most programs need no object."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, TypeVar, overload

from ._ambient import AMBIENT, Activation, Ambient, take_own
from ._core import Core, find_answer, request_url
from ._extras import CONTEXT_NAMES, NAMES, merge_into
from ._lab import DEFAULT_TIMEOUT, DeliveryStats, FlushResult, PromptLab, ShutdownResult, read_timeout
from ._shared import SHARED
from ._trace import TraceManager, make_trace
from ._track import find_state
from ._warn import contain, warn_once
from .record.uuid7 import id_text

if TYPE_CHECKING:
    from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI
    from typing_extensions import Unpack

    from ._option_types import Options
    from ._typing import AsyncTrackedAzureOpenAI, AsyncTrackedOpenAI, TrackedAzureOpenAI, TrackedOpenAI

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])


def find_span_core() -> Optional[Core]:
    """Who records the steps of `trace()`."""
    return contain("find an instance", SHARED.span_core, PromptLab)


@overload
def track(  # type: ignore[overload-overlap]
    client: AzureOpenAI, *, api_key: Optional[str] = None, base_url: Optional[str] = None, **options: Unpack[Options]
) -> TrackedAzureOpenAI: ...
@overload
def track(  # type: ignore[overload-overlap]
    client: AsyncAzureOpenAI,
    *,
    api_key: Optional[str] = None,
    base_url: Optional[str] = None,
    **options: Unpack[Options],
) -> AsyncTrackedAzureOpenAI: ...
@overload
def track(
    client: OpenAI, *, api_key: Optional[str] = None, base_url: Optional[str] = None, **options: Unpack[Options]
) -> TrackedOpenAI: ...
@overload
def track(
    client: AsyncOpenAI, *, api_key: Optional[str] = None, base_url: Optional[str] = None, **options: Unpack[Options]
) -> AsyncTrackedOpenAI: ...
@overload
def track(
    client: _T, *, api_key: Optional[str] = None, base_url: Optional[str] = None, **options: Unpack[Options]
) -> _T: ...
def track(client: Any, *, api_key: Optional[str] = None, base_url: Optional[str] = None, **options: Any) -> Any:
    """Records every model call of this client in the background.

    The client stays the same object: `track(client) is client`. Its calls behave as before and also take `prompt_slug`,
    `prompt_version`, `trace_id`, `tags` and `promptlab`, which never reach the provider.

        client = track(OpenAI(), api_key="pl_live_…", base_url="http://localhost:8000")

    The other options are those of `PromptLab`. Never raises.
    """
    given = {"api_key": api_key, "base_url": base_url, **options}
    contain("track a client", _track, client, {name: value for name, value in given.items() if value is not None})
    return client


def _track(client: Any, options: Mapping[str, Any]) -> None:
    if client is None or isinstance(client, type):
        warn_once("client", "track() needs a client, such as OpenAI().")
    # Without options, a client that is recorded already stays as it is.
    elif options or not _is_recorded(client):
        SHARED.instance_for(options, PromptLab).track(client)


def _is_recorded(client: Any) -> bool:
    state = find_state(client)
    return state is not None and not state.core.is_shut_down


@overload
def trace(name: _F) -> _F: ...
@overload
def trace(
    name: Optional[str] = None,
    *,
    trace_id: Optional[str] = None,
    parent_id: Optional[str] = None,
    tags: Optional[Mapping[str, Any]] = None,
    metadata: Optional[Mapping[str, Any]] = None,
    user_id: Optional[str] = None,
    session_id: Optional[str] = None,
    kind: Optional[str] = None,
    input: Any = None,  # noqa: A002 -- the name of the field
    capture: bool = False,
) -> TraceManager: ...
def trace(name: Any = None, **options: Any) -> Any:
    """Groups the model calls made inside, and is recorded as a step of their trace; inside another trace it is a step of
    that one. For `with`, for `async with`, and as a decorator.

        with trace("answer a question", user_id="u-1", tags={"plan": "pro"}) as t: …

    Options: `trace_id`, `parent_id`, `tags`, `metadata`, `user_id`, `session_id`, `kind`, `input`; as a decorator with
    `capture=True` the arguments are kept as the input and what the function returns as the output.
    """
    return make_trace(find_span_core, name, options)


span = trace


class context:  # noqa: N801 -- reads as a function
    """Gives its values to every call made inside, also to those that a framework makes. The call's own win.

    with promptlab.context(prompt_slug="greeting", tags={"env": "prod"}): …
    """

    def __init__(self, **extras: Any) -> None:
        self._extras = extras
        self._activations: list[Optional[Activation]] = []

    def __enter__(self) -> None:
        self._activations.append(contain("begin a context", self._begin))

    def _begin(self) -> Activation:
        around = AMBIENT.get()
        merged: dict[str, Any] = dict(around.extras) if around is not None and around.extras else {}
        merge_into(merged, _grouped(self._extras))
        activation = Activation(Ambient(around.span if around is not None else None, merged))
        activation.begin()
        return activation

    def __exit__(self, *ignored: Any) -> None:
        activation = take_own(self._activations, lambda own: own)
        if activation is not None:
            activation.end()

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(self, *ignored: Any) -> None:
        self.__exit__()


def _grouped(extras: Mapping[str, Any]) -> dict[str, Any]:
    """The names of a call as they are, and those that only `promptlab` has below it."""
    flat = {name: value for name, value in extras.items() if name in NAMES}
    inner: dict[str, Any] = {
        name: value for name, value in extras.items() if name in CONTEXT_NAMES and name not in NAMES
    }
    for name in extras:
        if name not in NAMES and name not in CONTEXT_NAMES:
            warn_once(f"context:{name}", f'context() has no value "{name}"; it is ignored.')
    if inner:
        given = flat.get("promptlab")
        flat["promptlab"] = {**inner, **(given if isinstance(given, Mapping) else {})}
    return flat


def get_request_url(answer: Any) -> Optional[str]:
    """The dashboard's page of the call that gave this answer, stream or raw response; None where it was not recorded."""
    found = contain("find an answer", find_answer, answer)
    return request_url(found[1], id_text(found[0])) if found else None


class _Together:
    """The shared instances deliver at the same time, within the time that the caller gives."""

    def __init__(self, timeout: float, *, is_last: bool = False) -> None:
        self._deadline = monotonic() + read_timeout(timeout)
        self.labs = SHARED.all()
        if is_last:
            for lab in self.labs:
                contain("record what is open", lab._core.end_open)
        self._waiters = [contain("flush", lab._core.delivery.begin_wait, _do_nothing) for lab in self.labs]

    @property
    def left(self) -> float:
        return max(0.0, self._deadline - monotonic())

    def __enter__(self) -> _Together:
        return self

    def __exit__(self, *ignored: Any) -> None:
        for lab, waiter in zip(self.labs, self._waiters):
            contain("flush", lab._core.delivery.end_wait, waiter)


def _do_nothing() -> None: ...


def flush(timeout: float = DEFAULT_TIMEOUT) -> FlushResult:
    """Delivers what `track()` and `trace()` recorded. Never raises; waits so many seconds at most.

    An instance of your own, `PromptLab()`, has a `flush()` of its own.
    """
    with _Together(timeout) as together:
        return _sum([lab.flush(together.left) for lab in together.labs])


async def aflush(timeout: float = DEFAULT_TIMEOUT) -> FlushResult:
    """The same for an event loop, which stays free meanwhile."""
    with _Together(timeout) as together:
        return _sum([await lab.aflush(together.left) for lab in together.labs])


def shutdown(timeout: float = DEFAULT_TIMEOUT) -> ShutdownResult:
    """Delivers what `track()` and `trace()` recorded, and then takes nothing more."""
    with _Together(timeout, is_last=True) as together:
        return _sum_ends([lab.shutdown(together.left) for lab in together.labs])


async def ashutdown(timeout: float = DEFAULT_TIMEOUT) -> ShutdownResult:
    """The same for an event loop."""
    with _Together(timeout, is_last=True) as together:
        return _sum_ends([await lab.ashutdown(together.left) for lab in together.labs])


def stats() -> DeliveryStats:
    """What became of the records of `track()` and `trace()`."""
    each = [lab.stats() for lab in SHARED.all()]
    dropped: dict[str, int] = {}
    for one in each:
        for reason, count in one.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
    return DeliveryStats(
        sum(one.queued for one in each), sum(one.queued_bytes for one in each), sum(one.sent for one in each),
        sum(one.retried for one in each), dropped, next((one.last_error for one in each if one.last_error), None),
    )  # fmt: skip


def _sum(results: list[FlushResult]) -> FlushResult:
    return FlushResult(all(result.ok for result in results), sum(result.pending for result in results))


def _sum_ends(results: list[ShutdownResult]) -> ShutdownResult:
    return ShutdownResult(all(result.ok for result in results), sum(result.dropped for result in results))
