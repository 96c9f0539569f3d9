"""Takes records in, sends them in batches on a thread of its own, and can say at any time what became of them."""

from __future__ import annotations

import random
import threading
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Deque, Optional

from .._errors import PromptLabError
from .._version import SDK_NAME, VERSION
from .._warn import contain, report_internal, warn_once
from ..record.encode import encode_record, shrink_encoded
from ..record.to_log import to_instant
from . import process
from .queue import QueuedRecord, RecordQueue
from .retry import backoff
from .transport import Outcome, Transport
from .verdict import Verdict, judge_upload

if TYPE_CHECKING:
    from .._options import Settings

_LISTS = {"log": b'"logs":[', "span": b'"spans":['}
# Records that the server takes in one batch; a backlog goes in larger ones.
_MAX_BATCH = 1_000
_BACKLOG_FACTOR = 1.5
# Drops that somebody asked for; all others are losses.
_WANTED = frozenset(("masked_out", "sampled_out"))
# A pause between two records after so much work, in seconds: an event loop of the caller is not held for the
# interpreter's switch interval of 5 ms. A pause after every record, which takes a third of that, costs a busy caller 7 % of his calls.
_WORK, _BREATH = 0.001, 0.0001
_LONG_WAIT = 3_600.0

Write = Callable[[], Optional[dict[str, Any]]]


class NoRecord(Exception):
    """Raised by what writes a record where there is none: `reason` is counted, None is not."""

    def __init__(self, reason: Optional[str]) -> None:
        super().__init__(reason)
        self.reason = reason


class _Waiter:
    """Somebody who waits for all records up to a place in their order."""

    __slots__ = ("done", "sequence")

    def __init__(self, sequence: int, done: Callable[[], None]) -> None:
        self.sequence = sequence
        self.done = done


class Delivery:
    """One server, one queue, one thread that is started by the first record."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Why nothing more is taken: `unauthorized` or `shut_down`.
        self.refusal: Optional[str] = None
        self.sent = 0
        self.retried = 0
        self.lost = 0
        self.dropped: dict[str, int] = {}
        self.last_error: Optional[str] = None
        self._lost_at_last_flush = 0
        self._reset()
        process.watch(self)

    def _reset(self) -> None:
        settings = self.settings
        self._queue = RecordQueue(settings.queue_records, settings.queue_bytes)
        self._folds: Deque[weakref.ref[Any]] = deque()
        self._transport = Transport(
            base_url=settings.base_url,
            api_key=settings.api_key or "",
            user_agent=f"{SDK_NAME}/{VERSION}",
            gzip_above_bytes=settings.gzip_above_bytes,
            send=settings.transport,
        )
        # Held while an upload is made, so that a thread that ends the process does not send the same batch.
        self._sending = threading.Lock()
        self._wake = threading.Lock()
        self._wake.acquire()
        self._is_asleep = False
        self._thread: Optional[threading.Thread] = None
        self._starting = threading.Lock()
        self._waiters: list[_Waiter] = []
        self._due_at: Optional[float] = None
        self._paused_until = 0.0
        # The part of the pause that the server asked for.
        self._server_pause_until = 0.0
        self._failures_in_a_row = 0
        # Smaller than the settings while the server refuses large or mixed batches.
        self._max_records = settings.batch_records
        self._max_bytes = settings.batch_bytes

    def reset_after_fork(self) -> None:
        """In a child: what waited belongs to the parent, and so do the thread and the connection."""
        self._transport.abandon()
        self._reset()
        self.sent = self.retried = self.lost = self._lost_at_last_flush = 0
        self.dropped = {}

    @property
    def pending(self) -> int:
        """Records that wait or are on their way."""
        return self._queue.pending

    @property
    def pending_bytes(self) -> int:
        """Bytes of those, estimated."""
        return self._queue.pending_bytes

    # Taking in. Never raises, never waits.

    def add(self, kind: str, write: Write, size_bytes: int) -> bool:
        """False where the record was dropped, which is counted."""
        if self.refusal is not None:
            self.count_drop(self.refusal)
            return False
        if not self._queue.add(kind, write, size_bytes):
            self.count_drop("queue_full")
            limits = f"{self.settings.queue_records} records, {self.settings.queue_bytes} bytes"
            self._report("queue_full", f"The queue is full ({limits}); new ones are dropped.")
            return False
        if self._due_at is None:
            self._due_at = time.monotonic() + self.settings.batch_interval
        self._ensure_thread()
        if self._is_asleep:
            self._rouse()
        return True

    def fold_later(self, call: Any) -> None:
        """A long stream has text that is to be put together, off the caller's thread."""
        self._folds.append(weakref.ref(call))
        self._ensure_thread()
        self._rouse()

    def count_drop(self, reason: str, count: int = 1) -> None:
        """Counts what is not sent, by reason."""
        if count:
            self.dropped[reason] = self.dropped.get(reason, 0) + count
            if reason not in _WANTED:
                self.lost += count

    def _ensure_thread(self) -> None:
        thread = self._thread
        if thread is not None and thread.is_alive():
            return
        # At the end of a process a thread would wait for ever, or raise; what is left is sent by the one that ends it.
        if process.is_ending() or not self._starting.acquire(blocking=False):
            return
        try:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="promptlab", daemon=True)
                process.watch_child(self)
                self._thread.start()
        except RuntimeError as thrown:
            self._thread = None
            report_internal("start a thread", thrown)
        finally:
            self._starting.release()

    def _rouse(self) -> None:
        # Only the worker that sleeps is woken: nothing here waits, and it may be entered in the middle of itself.
        self._is_asleep = False
        try:
            self._wake.release()
        except RuntimeError:
            pass

    # The worker's thread

    def _run(self) -> None:
        while self.refusal is None or self.pending:
            try:
                wait = self._step()
                if wait > 0:
                    self._sleep(wait)
            except Exception as thrown:  # noqa: BLE001 -- the thread must go on
                report_internal("deliver records", thrown)
                time.sleep(1.0)
        self._close_connection()

    def _sleep(self, seconds: float) -> None:
        # Without anything to do, the next record wakes it; else it looks again by itself, and records wake nobody.
        self._is_asleep = seconds >= _LONG_WAIT
        # One that came in since the step looked saw nobody asleep.
        if not (self._is_asleep and len(self._queue)):
            self._wake.acquire(timeout=min(seconds, _LONG_WAIT))
        self._is_asleep = False

    def _step(self) -> float:
        """Does what is to be done now; the seconds until there may be more."""
        while self._folds:
            call = self._folds.popleft()()
            if call is not None:
                contain("put a stream together", call.fold)
        if not len(self._queue):
            self._due_at = None
            self._tell_waiters()
            return _LONG_WAIT
        now = time.monotonic()
        if self._paused_until > now:
            return self._paused_until - now
        due_at = self._due_at or now
        if not self._waiters and due_at > now and not self._is_full():
            # Looks again now and then, since a record that fills the batch does not wake it.
            return min(due_at - now, 0.1)
        with self._sending:
            self._upload(self.settings.request_timeout)
        return 0.0

    def _is_full(self) -> bool:
        return len(self._queue) >= self._max_records or self._queue.size_bytes >= self._max_bytes

    def _upload(self, timeout: float) -> None:
        """One batch. The lock of sending is held."""
        settings = self.settings
        max_records = self._max_records
        if max_records >= settings.batch_records:
            max_records = max(max_records, min(_MAX_BATCH, len(self._queue)))
        is_halved = self._max_bytes < settings.batch_bytes
        batch = self._queue.take(max_records, self._max_bytes * (1 if is_halved else _BACKLOG_FACTOR))
        again: list[QueuedRecord] = []
        try:
            ready = self._encode(batch)
            if ready:
                head = b'{"sent_at":"' + to_instant(time.time_ns()).encode() + b'",' + _LISTS[ready[0].kind]
                body = head + b",".join(queued.body or b"" for queued in ready) + b"]}"
                outcome = self._transport.post(ready[0].kind, body, timeout)
                again = self._carry_out(ready, outcome) if self.refusal != "shut_down" else []
        finally:
            # Before anybody who waits is told.
            self._queue.settle([] if self.refusal is not None else again)
            if self.refusal == "unauthorized":
                self.count_drop("unauthorized", len(again) + self._queue.clear())
            self._due_at = time.monotonic() if again else (self._due_at if len(self._queue) else None)
            self._tell_waiters()

    def _encode(self, batch: list[QueuedRecord]) -> list[QueuedRecord]:
        settings = self.settings
        worked_from = time.monotonic()
        for queued in batch:
            if queued.body is not None or queued.write is None:
                continue
            try:
                record = queued.write()
                queued.body = None if record is None else encode_record(record, settings.mask, settings.record_bytes)
                if queued.body is None:
                    self.count_drop("masked_out")
            except NoRecord as none:
                if none.reason is not None:
                    self.count_drop(none.reason)
            except Exception as thrown:  # noqa: BLE001 -- one record of many
                self.count_drop("internal")
                report_internal("write a record", thrown)
            queued.write = None
            queued.size_bytes = len(queued.body or b"")
            if time.monotonic() - worked_from >= _WORK and not process.is_ending():
                time.sleep(_BREATH)
                worked_from = time.monotonic()
        return [queued for queued in batch if queued.body is not None]

    def _carry_out(self, batch: list[QueuedRecord], outcome: Outcome) -> list[QueuedRecord]:
        """Gives back the records that are to be tried again."""
        verdict = judge_upload(batch, outcome, self.settings.base_url, self.settings.max_attempts)
        self.sent += verdict.stored
        for loss in verdict.losses:
            self.count_drop(loss.reason, len(loss.records))
            self._report(loss.reason, loss.message, loss.http_status)
        if verdict.blocks:
            self.refusal = "unauthorized"
        if verdict.shrinks:
            for queued in verdict.again:
                queued.body = shrink_encoded(queued.body or b"{}")
                queued.size_bytes = len(queued.body)
                queued.shrinks += 1
        if verdict.halves:
            self._max_records = max(1, len(batch) // 2)
            self._max_bytes = max(1, sum(queued.size_bytes for queued in batch) // 2)
        self._set_pace(verdict)
        return verdict.again

    def _set_pace(self, verdict: Verdict) -> None:
        if verdict.failure is not None:
            # The whole queue waits: a server that is short of breath gets no second batch meanwhile.
            self._failures_in_a_row += 1
            self.retried += 1
            now = time.monotonic()
            self._server_pause_until = max(self._server_pause_until, now + verdict.retry_after)
            pause = backoff(self._failures_in_a_row, random.random())
            self._paused_until = max(self._server_pause_until, now + pause)
            if not verdict.losses and self.refusal is None:
                self._report(*verdict.failure)
        elif verdict.stored:
            self._failures_in_a_row = 0
            self._paused_until = self._server_pause_until
            # Batches grow back after they were halved.
            self._max_records = min(self.settings.batch_records, self._max_records * 2)
            self._max_bytes = min(self.settings.batch_bytes, self._max_bytes * 2)

    def _report(self, reason: str, message: str, http_status: Optional[int] = None) -> None:
        self.last_error = message
        warn_once(f"delivery:{reason}", message)
        if self.settings.on_error is not None:
            try:
                self.settings.on_error(PromptLabError(reason, message, http_status=http_status))
            except BaseException:  # noqa: BLE001 -- the handler is the user's; its failure is not ours to pass on
                pass

    # Waiting for the end

    def _tell_waiters(self) -> None:
        for waiter in list(self._waiters):
            if self._queue.count_up_to(waiter.sequence) == 0:
                contain("tell who waits", waiter.done)
                if waiter in self._waiters:
                    self._waiters.remove(waiter)

    def begin_wait(self, done: Callable[[], None]) -> Optional[_Waiter]:
        """Calls `done` on the worker's thread once all that waits now is settled. None where nothing waits."""
        sequence = self._queue.sequence
        if self._queue.count_up_to(sequence) == 0:
            return None
        waiter = _Waiter(sequence, done)
        self._waiters.append(waiter)
        # One try at once, whatever the pause says; a pause that the server asked for stands.
        self._paused_until = min(self._paused_until, self._server_pause_until)
        self._ensure_thread()
        self._rouse()
        return waiter

    def end_wait(self, waiter: Optional[_Waiter]) -> int:
        """How many of them still wait."""
        if waiter is None:
            return 0
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        return self._queue.count_up_to(waiter.sequence)

    def drain(self, timeout: float) -> int:
        """Waits until all that waits now is settled, or the time is over. How many still wait."""
        if self._thread is threading.current_thread():
            return self.pending
        ended = threading.Lock()
        ended.acquire()
        waiter = self.begin_wait(ended.release)
        if waiter is None:
            return 0
        if self._thread is not None and self._thread.is_alive():
            ended.acquire(timeout=max(0.0, timeout))
        else:
            self._drain_here(time.monotonic() + timeout)
        return self.end_wait(waiter)

    def _drain_here(self, deadline: float) -> None:
        """Sends on this thread: the process ends, and there is no other. One try for each batch."""
        tries = self.pending + 10
        while len(self._queue) and self.refusal is None and tries > 0:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            failures = self._failures_in_a_row
            with self._sending:
                self._upload(min(left, self.settings.request_timeout))
            tries -= 1
            if self._failures_in_a_row > failures:
                return

    def _close_connection(self) -> None:
        """Where no upload is being made; the thread that makes one closes it at its end."""
        if self._sending.acquire(blocking=False):
            self._transport.close()
            self._sending.release()

    def let_go(self) -> None:
        """At the end of the process, where no upload is being made."""
        if self._sending.acquire(blocking=False):
            self._transport.close()

    def judge_flush(self, pending: int) -> bool:
        """True where everything recorded since the last flush is stored."""
        is_ok = pending == 0 and self.lost == self._lost_at_last_flush and self.refusal != "unauthorized"
        self._lost_at_last_flush = self.lost
        return is_ok

    def shut_down(self) -> None:
        """Takes nothing more; what waits counts as lost, and what is on its way: nobody hears what becomes of it."""
        if self.refusal is None:
            self.refusal = "shut_down"
        self.count_drop(self.refusal, self._queue.clear())
        process.unwatch(self)
        self._close_connection()
        self._rouse()
