"""The life of the process: its end, its children, and the signal that ends it."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
import weakref
from typing import TYPE_CHECKING, Any, Callable

from .._warn import contain, silence

if TYPE_CHECKING:
    from .worker import Delivery

_deliveries: weakref.WeakSet[Any] = weakref.WeakSet()
_before_end: list[Callable[[], None]] = []
_after_fork: list[Callable[[], None]] = []
_is_ending = False
_is_watched = False
_pid = os.getpid()


def is_ending() -> bool:
    """No thread is started any more."""
    return _is_ending


def watch(delivery: Delivery) -> None:
    """Delivers what waits when the process ends, and starts anew in a child."""
    global _is_watched
    _deliveries.add(delivery)
    if not _is_watched:
        _is_watched = True
        atexit.register(_end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_begin_child)


def unwatch(delivery: Delivery) -> None:
    """It is shut down: nothing of it is left to deliver."""
    _deliveries.discard(delivery)


def before_end(run: Callable[[], None]) -> None:
    """Runs before the last delivery: records what is still open."""
    _before_end.append(run)


def after_fork(run: Callable[[], None]) -> None:
    """Runs in a child, before anything else of ours."""
    _after_fork.append(run)


def _begin_child() -> None:
    global _is_ending, _pid
    _is_ending = False
    _pid = os.getpid()
    for run in _after_fork:
        contain("begin in a child process", run)
    for delivery in list(_deliveries):
        contain("begin in a child process", delivery.reset_after_fork)


def watch_child(delivery: Delivery) -> None:
    """Children of `multiprocessing` end without `atexit` in older versions, but run finalizers of its own. Those of celery end
    without both, and say so before."""
    celery = sys.modules.get("celery.signals")
    if celery is not None:
        contain("watch the end of a child", celery.worker_process_shutdown.connect, _deliver_and_go_on)
    multiprocessing = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if multiprocessing is None or util is None or multiprocessing.parent_process() is None:
        return
    # A higher priority runs first; the thread that ends the child is the one that delivers.
    contain("watch the end of a child", util.Finalize, None, _end_if_here, (os.getpid(),), {}, 100)


def _end_if_here(pid: int) -> None:
    if pid == os.getpid():
        _end()


def _end() -> None:
    """Within the longest of the exit timeouts, for all instances together."""
    global _is_ending
    contain("end the process", _deliver_all)
    _is_ending = True
    for delivery in list(_deliveries):
        contain("close a connection", delivery.let_go)


def _deliver_all() -> None:
    for run in _before_end:
        contain("record what is open", run)
    waiting = [delivery for delivery in _deliveries if delivery.settings.flush_on_exit and delivery.pending]
    if not waiting:
        return
    silence()
    global _is_ending
    _is_ending = True
    deadline = time.monotonic() + max(delivery.settings.exit_timeout for delivery in waiting)
    for delivery in waiting:
        delivery.drain(max(0.0, deadline - time.monotonic()))


def _deliver_and_go_on(**ignored: Any) -> None:
    """Where the process most likely ends next."""
    global _is_ending
    contain("deliver before the end", _deliver_all)
    _is_ending = False


def flush_on_signal() -> None:
    """SIGTERM delivers, and then ends the process as it would have."""
    before: Any = None

    def handle(number: int, frame: Any) -> None:
        _deliver_and_go_on()
        if callable(before):
            before(number, frame)
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    try:
        before = signal.getsignal(signal.SIGTERM)
        if before is not signal.SIG_IGN:
            signal.signal(signal.SIGTERM, handle)
    except ValueError:
        # Only the main thread may; elsewhere the signal stays as it is.
        pass
