"""One instance: options, the core that keeps what has ended, and the way out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple, Optional, TypeVar

from ._core import Core
from ._errors import PromptLabError
from ._options import Settings
from ._shared import SHARED
from ._trace import TraceManager, make_trace
from ._track import attach
from ._warn import contain, report_internal
from .delivery import process
from .delivery.now import send_now
from .record.manual import to_manual_log
from .record.uuid7 import new_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._option_types import Options
    from ._wire import LogInput, LogReceipt

_T = TypeVar("_T")
DEFAULT_TIMEOUT = 10.0


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
        receipt = send_now(log, core.settings)
        core.delivery.sent += 1
        return receipt  # type: ignore[return-value]

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
        SHARED.become_default(self)

    def track(self, client: _T) -> _T:
        """Records every model call of this client in the background, and returns it: `lab.track(client) is client`."""
        contain("track a client", attach, client, self._core)
        return client

    def trace(self, name: Optional[str] = None, **options: Any) -> TraceManager:
        """As the function `trace()`, recorded by this instance."""
        manager: TraceManager = make_trace(lambda: self._core, name, options)
        return manager

    span = trace

    def flush(self, timeout: float = DEFAULT_TIMEOUT) -> FlushResult:
        """Delivers what waits. Never raises; waits so many seconds at most."""
        try:
            delivery = self._core.delivery
            pending = delivery.drain(read_timeout(timeout))
            return FlushResult(delivery.judge_flush(pending), pending)
        except Exception as thrown:  # noqa: BLE001
            report_internal("flush", thrown)
            return FlushResult(False, 0)

    async def aflush(self, timeout: float = DEFAULT_TIMEOUT) -> FlushResult:
        """The same for an event loop, which stays free meanwhile."""
        try:
            return await self._aflush(read_timeout(timeout))
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

    def shutdown(self, timeout: float = DEFAULT_TIMEOUT) -> ShutdownResult:
        """Delivers what waits and takes nothing more. Safe to call twice."""
        contain("record what is open", self._core.end_open)
        return self._close(self.flush(timeout))

    async def ashutdown(self, timeout: float = DEFAULT_TIMEOUT) -> ShutdownResult:
        """The same for an event loop."""
        contain("record what is open", self._core.end_open)
        return self._close(await self.aflush(timeout))

    def _close(self, flushed: FlushResult) -> ShutdownResult:
        SHARED.forget(self)
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


def _settle(future: Any) -> None:
    if not future.done():
        future.set_result(None)


async def _run_in_thread(function: Callable[..., _T], *args: Any) -> _T:
    """Runs a function in a thread of whichever event loop is running."""
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


def read_timeout(timeout: Any) -> float:
    """Whatever the caller passes; a time that is none is the default."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout != timeout:
        return DEFAULT_TIMEOUT
    return min(max(0.0, float(timeout)), 1e6)
