"""One model call from its start to the queue: references and times, nothing is read or copied on the caller's thread."""

from __future__ import annotations

import weakref
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Mapping, Optional

from ._ambient import AMBIENT, Ambient
from .record.assemble import Fold
from .record.error import CallError
from .record.uuid7 import id_text, new_stamp

if TYPE_CHECKING:
    from ._endpoints import Endpoint
    from ._core import Core

# Text of a stream that waits on the caller's side; beyond, the worker puts it together.
_FOLD_BYTES = 200_000
# The methods of a response that we hear of.
WATCHED = ("close", "aclose", "iter_bytes", "aiter_bytes")
# What may wait for the worker; beyond, the caller's thread does it, so that memory stays bounded whatever happens.
_MAX_UNFOLDED = 1_500_000


class Call:
    """Ends once; whatever comes later is ignored."""

    # What most calls leave as it is stands on the class: to set it each time would cost as much as all else together.
    answer: Any = None
    base_url = ""
    content_length: Optional[str] = None
    content_type: Optional[str] = None
    ended_by = "end"
    error: Optional[CallError] = None
    first_chunk_ms: Optional[float] = None
    headers: Any = None
    hides_usage = False
    id: Optional[str] = None
    is_background = False
    is_done = False
    # True while the library reads the stream: what it closes itself is no end by the caller.
    is_inside = False
    is_streamed = False
    latency_ms: Optional[float] = None
    polled_id: Optional[str] = None
    raw_pieces: Optional[list[bytes]] = None
    raw_reading: Optional[str] = None
    raw_size = 0
    request_content: Optional[bytes] = None
    response_content: Optional[bytes] = None
    retries = 0
    size_bytes = 0
    status_code: Optional[int] = None
    ttft_ms: Optional[float] = None
    # The response that has methods of ours.
    watched: Optional[weakref.ref[Any]] = None
    _fold: Optional[Fold] = None
    _fold_lock: Optional[Any] = None
    _unfolded = 0

    def __init__(
        self, core: Core, endpoint: Endpoint, options: Any, carried: Optional[Mapping[str, Any]], ambient: Optional[Ambient],
        provider: Any,
    ) -> None:  # fmt: skip
        self.core = core
        self.endpoint = endpoint
        self.json_data = options.json_data
        self.extra_json = options.extra_json
        self.files = options.files
        self.carried = carried
        self.ambient = ambient
        self.provider = provider
        self.stamp = new_stamp()
        self.started = perf_counter()

    def begin_stream(self) -> None:
        """Notes that the answer comes in pieces."""
        self.is_streamed = True
        self._events: list[str] = []
        self._times: list[float] = []
        self._folding: list[tuple[list[str], list[float]]] = []

    def text_id(self) -> str:
        """The id of its record, which never changes."""
        if self.id is None:
            self.id = id_text(self.stamp)
        return self.id

    def note_response(self, response: Any, retries: int) -> None:
        """The HTTP answer is here. Its body may not be."""
        self.headers = response.headers
        self.status_code = response.status_code
        self.retries = retries
        self.request_content = getattr(response.request, "_content", None)

    def elapsed_ms(self) -> float:
        """Milliseconds since the call began, by a clock that never steps back."""
        return (perf_counter() - self.started) * 1_000

    # Streams

    def add_event(self, data: str) -> None:
        """Takes the text of one event, as it goes to the library."""
        self._events.append(data)
        self._times.append(perf_counter())
        self._unfolded += len(data)
        if self._unfolded > _FOLD_BYTES:
            self._hand_over()

    def take_fold(self) -> Optional[Fold]:
        """All that came of the stream, put together. On the worker's thread, after the end."""
        if not self.is_streamed:
            self.begin_stream()
            self.is_streamed = False
        self._folding.append((self._events, self._times))
        self._events, self._times = [], []
        self.fold()
        return self._fold

    def fold(self) -> None:
        """Puts together what waits. On the worker's thread, or on the caller's where the worker cannot keep up."""
        if self._fold_lock is None:
            self._fold_lock = Lock()
        with self._fold_lock:
            if self._fold is None:
                self._fold = Fold(self.endpoint.kind, self.core.settings.field_bytes)
            while self._folding:
                events, times = self._folding.pop(0)
                for data, seen in zip(events, times):
                    elapsed_ms = (seen - self.started) * 1_000
                    if self.first_chunk_ms is None:
                        self.first_chunk_ms = elapsed_ms
                    if self._fold.add(data) and self.ttft_ms is None:
                        self.ttft_ms = elapsed_ms

    def _hand_over(self) -> None:
        self._folding.append((self._events, self._times))
        self._events, self._times, self._unfolded = [], [], 0
        if self._fold_lock is None:
            self._fold_lock = Lock()
        if len(self._folding) * _FOLD_BYTES > _MAX_UNFOLDED:
            self.fold()
        else:
            self.core.delivery.fold_later(self)

    # Ends

    def succeed(self, ended_by: str = "end") -> None:
        """The answer is here, or the stream has ended. `closed`: by the caller; `dropped`: nobody ever read on."""
        if self.is_done:
            return
        self.ended_by = ended_by
        self._finish()

    def fail(self, thrown: BaseException) -> None:
        """The call raised. What is worth knowing is read off at once: an exception holds frames."""
        if self.is_done:
            return
        self.error = CallError(thrown)
        request = getattr(thrown, "request", None)
        response = getattr(thrown, "response", None)
        if self.request_content is None and request is not None:
            self.request_content = getattr(request, "_content", None)
        if self.headers is None and response is not None:
            self.headers = getattr(response, "headers", None)
            self.status_code = getattr(response, "status_code", None)
            if self.request_content is None:
                self.request_content = getattr(getattr(response, "request", None), "_content", None)
        self._finish()

    def _finish(self) -> None:
        self.is_done = True
        self.latency_ms = self.elapsed_ms()
        response = self.watched() if self.watched is not None else None
        if response is not None:
            for name in WATCHED:
                response.__dict__.pop(name, None)
        headers = self.headers
        if headers is not None:
            self.content_type = headers.get("content-type")
            self.content_length = headers.get("content-length")
            # All that is kept of the headers: the provider's own id of the call.
            self.headers = headers.get("x-request-id") or headers.get("apim-request-id")
        core = self.core
        core.open_streams.discard(self)
        if self.request_content is None:
            self.request_content = core.snapshot_body(self)
        else:
            self.json_data = self.extra_json = None
        self.size_bytes = (
            600 + len(self.request_content or b"") + len(self.response_content or b"") + self.raw_size + self._unfolded
        )
        core.keep(self)


def ambient_now(carried: Optional[Mapping[str, Any]]) -> Optional[Ambient]:
    """That of the place where the method was called, where it was carried along; else that of here."""
    given = carried.get("ambient") if carried else None
    return given if given is not None else AMBIENT.get()
