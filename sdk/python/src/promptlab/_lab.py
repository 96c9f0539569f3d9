"""One instance, and those that `track()` and the functions beside it share in a process."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple, Optional, TypeVar, overload

from ._ambient import AMBIENT, Activation, Ambient
from ._core import Core, find_answer, request_url
from ._errors import PromptLabError
from ._extras import CONTEXT_NAMES, NAMES, merge_into
from ._options import Settings, env_key
from ._trace import Trace, TraceManager, current_trace, make_trace
from ._track import attach
from ._warn import contain, report_internal, warn_once
from .delivery import process
from .record.manual import to_manual_log
from .record.uuid7 import id_text, new_id

if TYPE_CHECKING:
    from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI
    from typing_extensions import Unpack

    from ._option_types import Options
    from ._typing import AsyncTrackedAzureOpenAI, AsyncTrackedOpenAI, TrackedAzureOpenAI, TrackedOpenAI
    from ._wire import LogInput, LogReceipt

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])
_MAX_INSTANCES = 100
_DEFAULT_TIMEOUT = 10.0


class FlushResult(NamedTuple):
    """The truth about delivery at the end of a flush."""

    ok: bool
    """True where everything recorded since the last flush is stored."""
    pending: int
    """Records that still wait."""


class ShutdownResult(NamedTuple):
    """What became of the records of an instance that has ended."""

    ok: bool
    dropped: int


class DeliveryStats(NamedTuple):
    """What became of the records so far."""

    queued: int
    """Waiting or on their way."""
    queued_bytes: int
    """Bytes of those, estimated."""
    sent: int
    """Stored by the server, repeats included."""
    retried: int
    """Uploads that failed and were to be tried again."""
    dropped: dict[str, int]
    """Not delivered, by reason."""
    last_error: Optional[str]


class Api:
    """Logging by hand, for calls that no tracked client makes."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def log_request(self, record: LogInput | Mapping[str, Any]) -> str:
        """Queues one record and returns its id at once. Never raises."""
        record_id = new_id()
        return contain("log a request", self._queue, record, record_id) or record_id

    def log_request_now(self, record: LogInput | Mapping[str, Any]) -> LogReceipt:
        """Sends one record by itself and returns the server's verdict; raises PromptLabError. For scripts."""
        core = self._core
        if not core.is_enabled:
            message = "PromptLab is switched off or has no API key, so nothing can be sent."
            raise PromptLabError("configuration", message)
        log, _ = to_manual_log(record, new_id(), core.settings, core.sdk)
        return core.delivery.send_now(log)  # type: ignore[return-value]

    async def alog_request_now(self, record: LogInput | Mapping[str, Any]) -> LogReceipt:
        """The same, on a thread, so that the event loop stays free."""
        return await _run_in_thread(self.log_request_now, record)

    def _queue(self, record: Any, record_id: str) -> str:
        core = self._core
        log, size_bytes = to_manual_log(record, record_id, core.settings, core.sdk)
        if core.is_enabled:
            core.delivery.add("log", lambda: log, size_bytes)
        return str(log["id"])


class PromptLab:
    """Records calls and delivers the records. Most programs need only `track()`.

    Every argument is optional; a wrong one is reported once, by name, and its default is used. Times are in seconds.
    """

    api: Api

    def __init__(
        self, api_key: Optional[str] = None, base_url: Optional[str] = None, **options: Unpack[Options]
    ) -> None:
        settings = Settings({"api_key": api_key, "base_url": base_url, **options})
        self._core = Core(settings)
        self.api = Api(self._core)
        if settings.is_enabled and settings.flush_on_signal:
            contain("watch for a signal", process.flush_on_signal)
        _shared.become_default(self)

    def track(self, client: _T) -> _T:
        """Records every model call of this client in the background, and returns it: `lab.track(client) is client`."""
        contain("track a client", attach, client, self._core)
        return client

    def trace(self, name: Optional[str] = None, **options: Any) -> TraceManager:
        """As the function `trace()`, recorded by this instance."""
        manager: TraceManager = make_trace(lambda: self._core, name, options)
        return manager

    span = trace

    def flush(self, timeout: float = _DEFAULT_TIMEOUT) -> FlushResult:
        """Delivers what waits. Never raises; waits so many seconds at most."""
        try:
            delivery = self._core.delivery
            pending = delivery.drain(_read_timeout(timeout))
            return FlushResult(delivery.judge_flush(pending), pending)
        except Exception as thrown:  # noqa: BLE001
            report_internal("flush", thrown)
            return FlushResult(False, 0)

    async def aflush(self, timeout: float = _DEFAULT_TIMEOUT) -> FlushResult:
        """The same for an event loop, which stays free meanwhile."""
        try:
            return await self._aflush(_read_timeout(timeout))
        except Exception as thrown:  # noqa: BLE001
            report_internal("flush", thrown)
            return FlushResult(False, 0)

    async def _aflush(self, timeout: float) -> FlushResult:
        asyncio = sys.modules.get("asyncio")
        try:
            loop = asyncio.get_running_loop() if asyncio is not None else None
        except RuntimeError:
            loop = None
        delivery = self._core.delivery
        if asyncio is None or loop is None:
            # Another kind of event loop.
            return await _run_in_thread(self.flush, timeout)
        future = loop.create_future()

        def done() -> None:
            try:
                loop.call_soon_threadsafe(_settle, future)
            except RuntimeError:
                # The loop was closed meanwhile; nobody waits any more.
                pass

        waiter = delivery.begin_wait(done)
        if waiter is not None:
            try:
                await asyncio.wait_for(future, timeout)
            except asyncio.TimeoutError:
                pass
            finally:
                pending = delivery.end_wait(waiter)
        else:
            pending = 0
        return FlushResult(delivery.judge_flush(pending), pending)

    def shutdown(self, timeout: float = _DEFAULT_TIMEOUT) -> ShutdownResult:
        """Delivers what waits and takes nothing more. Safe to call twice."""
        contain("record what is open", self._core.end_open)
        return self._close(self.flush(timeout))

    async def ashutdown(self, timeout: float = _DEFAULT_TIMEOUT) -> ShutdownResult:
        """The same for an event loop."""
        contain("record what is open", self._core.end_open)
        return self._close(await self.aflush(timeout))

    def _close(self, flushed: FlushResult) -> ShutdownResult:
        _shared.forget(self)
        delivery = self._core.delivery
        contain("shut down", delivery.shut_down)
        return ShutdownResult(flushed.ok and flushed.pending == 0, delivery.lost)

    def stats(self) -> DeliveryStats:
        """What became of the records so far."""
        delivery = self._core.delivery
        return DeliveryStats(
            delivery.pending, delivery.pending_bytes, delivery.sent, delivery.retried, dict(delivery.dropped),
            delivery.last_error,
        )  # fmt: skip


class _Shared:
    """The instances of this process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._instances: dict[Any, PromptLab] = {}
        self._default: Optional[PromptLab] = None
        # The first instance that records anything takes the steps of `trace()`.
        self._span_lab: Optional[PromptLab] = None

    def renew_lock(self) -> None:
        self._lock = threading.RLock()

    def become_default(self, lab: PromptLab) -> None:
        with self._lock:
            if self._span_lab is not None:
                return
            self._default = lab
            if lab._core.is_enabled:
                self._span_lab = lab

    def forget(self, lab: PromptLab) -> None:
        with self._lock:
            if self._default is lab:
                self._default = None
            if self._span_lab is lab:
                self._span_lab = None
            self._instances = {key: known for key, known in self._instances.items() if known is not lab}

    def instance_for(self, options: Mapping[str, Any]) -> PromptLab:
        """Equal options share one instance, and with it one queue."""
        key = _key_of(options)
        with self._lock:
            lab = self._instances.get(key)
            if lab is None:
                lab = PromptLab(**options)
                self._instances[key] = lab
                self._forget_idle()
            return lab

    def _forget_idle(self) -> None:
        """A program that makes options per request must not make a leak; its clients keep their instance alive."""
        if len(self._instances) <= _MAX_INSTANCES:
            return
        for key, lab in self._instances.items():
            if lab._core.delivery.pending == 0:
                del self._instances[key]
                return

    def all(self) -> list[PromptLab]:
        with self._lock:
            labs = list(self._instances.values())
            if self._default is not None and self._default not in labs:
                labs.append(self._default)
            return labs

    def span_core(self) -> Optional[Core]:
        """Steps go to the first instance of the process, else to one from the environment. Found when the step ends."""
        if self._span_lab is None and self._default is None:
            self.instance_for({})
        lab = self._span_lab
        return lab._core if lab is not None else None


_shared = _Shared()
# In a child: the lock may have been held by a thread that is not there.
process.after_fork(_shared.renew_lock)


def _key_of(options: Mapping[str, Any]) -> Any:
    """What tells two sets of options apart; functions by identity."""
    given = sorted((name, repr(value) if not callable(value) else id(value)) for name, value in options.items())
    return env_key(), tuple((name, str(value)) for name, value in given)


def find_span_core() -> Optional[Core]:
    """Who records the steps of `trace()`."""
    return contain("find an instance", _shared.span_core)


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
    from ._track import find_state

    if client is None or isinstance(client, type):
        warn_once("client", "track() needs a client, such as OpenAI().")
    # Without options nothing is asked for that a tracked client has not.
    elif options or find_state(client) is None:
        _shared.instance_for(options).track(client)


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
) -> TraceManager: ...
def trace(name: Any = None, **options: Any) -> Any:
    """Groups the model calls made inside, and is recorded as a step of their trace; inside another trace it is a step of
    that one. For `with`, for `async with`, and as a decorator.

        with trace("answer a question", user_id="u-1", tags={"plan": "pro"}) as t: …

    Options: `trace_id`, `parent_id`, `tags`, `metadata`, `user_id`, `session_id`.
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
        activation = self._activations.pop() if self._activations else None
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


def flush(timeout: float = _DEFAULT_TIMEOUT) -> FlushResult:
    """Delivers what all instances hold. Never raises."""
    return _sum([lab.flush(timeout) for lab in _shared.all()])


async def aflush(timeout: float = _DEFAULT_TIMEOUT) -> FlushResult:
    """The same for an event loop, which stays free meanwhile."""
    return _sum([await lab.aflush(timeout) for lab in _shared.all()])


def shutdown(timeout: float = _DEFAULT_TIMEOUT) -> ShutdownResult:
    """Delivers what all instances hold, and ends them."""
    results = [lab.shutdown(timeout) for lab in _shared.all()]
    return ShutdownResult(all(result.ok for result in results), sum(result.dropped for result in results))


async def ashutdown(timeout: float = _DEFAULT_TIMEOUT) -> ShutdownResult:
    """The same for an event loop."""
    results = [await lab.ashutdown(timeout) for lab in _shared.all()]
    return ShutdownResult(all(result.ok for result in results), sum(result.dropped for result in results))


def stats() -> DeliveryStats:
    """What became of the records of all instances."""
    each = [lab.stats() for lab in _shared.all()]
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


def _settle(future: Any) -> None:
    if not future.done():
        future.set_result(None)


async def _run_in_thread(function: Callable[..., _T], *args: Any) -> _T:
    """In whichever event loop runs."""
    trio = sys.modules.get("trio")
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(None, function, *args)  # type: ignore[no-any-return]
        except RuntimeError:
            pass
    if trio is not None:
        return await trio.to_thread.run_sync(function, *args)  # type: ignore[no-any-return]
    return function(*args)


def _read_timeout(timeout: Any) -> float:
    """Whatever the caller passes; a time that is none is the default."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout != timeout:
        return _DEFAULT_TIMEOUT
    return min(max(0.0, float(timeout)), 1e6)


__all__ = ["Trace", "current_trace"]
