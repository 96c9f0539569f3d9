"""Records that wait, bounded by count and by bytes. In the order they ended; what comes back goes to the front."""

from __future__ import annotations

from collections import deque
from threading import RLock
from typing import Any, Callable, Deque, Optional


class QueuedRecord:
    """`write` makes the record when its turn has come, or gives None where there is none to send."""

    __slots__ = ("attempts", "body", "kind", "sequence", "shrinks", "size_bytes", "write")

    def __init__(
        self, kind: str, write: Callable[[], Optional[dict[str, Any]]], size_bytes: int, sequence: int
    ) -> None:
        self.kind = kind
        self.write: Optional[Callable[[], Optional[dict[str, Any]]]] = write
        # Estimated until the record is encoded, then exact.
        self.size_bytes = size_bytes
        self.sequence = sequence
        # The bytes that are sent, the same on every try.
        self.body: Optional[bytes] = None
        self.attempts = 0
        self.shrinks = 0


class RecordQueue:
    """May be entered again by the same thread: a stream that is collected ends its record in the middle of anything."""

    def __init__(self, max_records: float, max_bytes: float) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._records: Deque[QueuedRecord] = deque()
        self._lock = RLock()
        self.size_bytes = 0
        # What is on its way, and may come back.
        self.held: list[QueuedRecord] = []
        self._held_bytes = 0
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def pending(self) -> int:
        return len(self._records) + len(self.held)

    @property
    def pending_bytes(self) -> int:
        return self.size_bytes + self._held_bytes

    @property
    def sequence(self) -> int:
        """The place of the last record in the order in which they ended."""
        return self._sequence

    def add(self, kind: str, write: Callable[[], Optional[dict[str, Any]]], size_bytes: int) -> bool:
        """False where there is no room."""
        with self._lock:
            if self.pending >= self._max_records or self.pending_bytes + size_bytes > self._max_bytes:
                return False
            self._sequence += 1
            self.size_bytes += size_bytes
            self._records.append(QueuedRecord(kind, write, size_bytes, self._sequence))
            return True

    def take(self, max_records: int, max_bytes: float) -> list[QueuedRecord]:
        """The next batch, which counts as held: one kind of record, at most so many and so large, at least one."""
        with self._lock:
            batch: list[QueuedRecord] = []
            size_bytes = 0
            while self._records and len(batch) < max_records:
                record = self._records[0]
                if batch and (record.kind != batch[0].kind or size_bytes + record.size_bytes > max_bytes):
                    break
                size_bytes += record.size_bytes
                batch.append(self._records.popleft())
            self.size_bytes = self.size_bytes - size_bytes if self._records else 0
            self.held, self._held_bytes = batch, size_bytes
            return batch

    def settle(self, again: list[QueuedRecord]) -> None:
        """The batch is done with; some of it goes back to where it came from."""
        with self._lock:
            self.held, self._held_bytes = [], 0
            self._records.extendleft(reversed(again))
            self.size_bytes += sum(record.size_bytes for record in again)

    def count_up_to(self, sequence: int) -> int:
        """Records up to this place in the order, also those on their way."""
        with self._lock:
            return sum(record.sequence <= sequence for record in (*self.held, *self._records))

    def clear(self) -> int:
        """Drops all that waits, and what is on its way; how many there were."""
        with self._lock:
            count = self.pending
            self._records.clear()
            self.held, self._held_bytes = [], 0
            self.size_bytes = 0
            return count
