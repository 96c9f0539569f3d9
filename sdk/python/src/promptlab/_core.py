"""Between the clients and the queue: keeps what has ended, and makes its record when its turn has come."""

from __future__ import annotations

import json
import platform
import sys
import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Mapping, Optional

from ._extras import Extras, read_extras
from ._version import SDK_NAME, VERSION
from ._warn import contain, warn_once
from .delivery import process
from .delivery.worker import Delivery, NoRecord
from .record.copier import Copier
from .record.sampling import is_sampled
from .record.to_log import ReadCall, describe_files, to_log

if TYPE_CHECKING:
    from ._call import Call
    from ._options import Settings

_MAX_REMEMBERED = 1_000
_MAX_KEYS = 100
_MAX_BACKGROUND = 1_000

# Answers by identity: they are not hashable, and get no attribute of ours.
_answers: OrderedDict[int, tuple[Any, Any, str]] = OrderedDict()
# By the provider's id, for answers that a helper rebuilt.
_answer_ids: OrderedDict[str, tuple[Any, str]] = OrderedDict()
# Keys of tracked clients, which must not be found in the text of an error.
_client_keys: OrderedDict[str, None] = OrderedDict()
_cores: weakref.WeakSet[Core] = weakref.WeakSet()


class Background:
    """Background responses: the record of `create` waits until a poll shows how it ended. Bounded; the oldest gives way."""

    __slots__ = ("_waiting", "is_used")

    def __init__(self) -> None:
        # Until then no request is looked at whether it is a poll.
        self.is_used = False
        self._waiting: OrderedDict[str, ReadCall] = OrderedDict()

    def suspend(self, response_id: str, read: ReadCall) -> Optional[ReadCall]:
        """Gives back the one that has waited too long."""
        self._waiting[response_id] = read
        return self._waiting.popitem(last=False)[1] if len(self._waiting) > _MAX_BACKGROUND else None

    def take(self, response_id: Optional[str]) -> Optional[ReadCall]:
        """The call that waits for this response."""
        return self._waiting.pop(response_id, None) if response_id is not None else None

    def take_all(self) -> list[ReadCall]:
        """Nobody will poll them any more."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        return waiting


class Core:
    """Settings, queue and record making of one instance."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.is_enabled = settings.is_enabled
        self.delivery = Delivery(settings)
        self.background = Background()
        # Ended when the process ends, if nobody does before.
        self.open_streams: set[Call] = set()
        self.sdk = {
            "name": SDK_NAME,
            "version": VERSION,
            "runtime": f"{platform.python_implementation().lower()}/{platform.python_version()}",
        }
        _cores.add(self)

    @property
    def is_shut_down(self) -> bool:
        """Takes nothing more, because the program said so."""
        return self.delivery.refusal == "shut_down"

    # On the caller's thread

    def note_client(self, client: Any) -> None:
        """Told of each client that is tracked."""
        self.note_key(getattr(client, "api_key", None))
        address = str(getattr(client, "_base_url", ""))
        if address.startswith(self.settings.base_url + "/"):
            host = self.settings.base_url
            warn_once(
                "loop", f"The client's base URL is PromptLab itself ({host}); its calls may be recorded twice, or fail."
            )

    def note_key(self, key: Any) -> None:
        """Told of each key that a tracked client uses."""
        if isinstance(key, str) and key:
            _client_keys[key] = None
            if len(_client_keys) > _MAX_KEYS:
                _client_keys.popitem(last=False)

    def snapshot_body(self, call: Call) -> Optional[bytes]:
        """The body of a call whose bytes are not known: an upload, or a call that ended before it was sent."""
        body = call.json_data
        if isinstance(body, Mapping) and isinstance(call.extra_json, Mapping):
            body = {**body, **call.extra_json}
        call.json_data = call.extra_json = None
        if call.files:
            call.files = describe_files(call.files)
        if not isinstance(body, Mapping):
            return None
        return json.dumps(Copier(self.settings.field_bytes).copy(body)).encode("utf-8", "replace")

    def keep(self, call: Call) -> None:
        """The call has ended; its record is made later."""
        if call.polled_id is not None:
            self.delivery.add("log", lambda: self._write_poll(call), call.size_bytes)
            return
        if call.is_background:
            self.background.is_used = True
        is_failure = call.error is not None or (call.status_code or 0) >= 400
        if self.settings.sample_rate < 1 and not self._may_keep(call, is_failure):
            self.delivery.count_drop("sampled_out")
            return
        self.delivery.add("log", lambda: self._write(call), call.size_bytes)

    def _may_keep(self, call: Call, is_failure: bool) -> bool:
        if is_sampled(self._trace_of(call), self.settings.sample_rate):
            return True
        # How a stream or an answer ended is known only once it is read.
        return self.settings.keep_errors and (
            is_failure or call.is_streamed or call.endpoint.kind in ("chat", "responses")
        )

    def _trace_of(self, call: Call) -> str:
        """A call outside of any trace is one by itself."""
        given = self.extras_of(call).trace_id
        span = call.ambient.span if call.ambient else None
        return given or (span.trace_id if span else call.text_id())

    def remember(self, answer: Any, call: Call) -> None:
        """Lets `get_request_url()` find the page of an answer, a stream or a raw response."""
        if answer is None or isinstance(answer, (str, bytes)):
            return
        if self.settings.sample_rate < 1 and not is_sampled(self._trace_of(call), self.settings.sample_rate):
            return
        found = (call.stamp, self.settings.base_url)
        try:
            _answers[id(answer)] = (weakref.ref(answer), *found)
        except TypeError:
            return
        if len(_answers) > _MAX_REMEMBERED:
            _answers.popitem(last=False)
        answer_id = getattr(answer, "id", None)
        if isinstance(answer_id, str):
            _answer_ids[answer_id] = found
            if len(_answer_ids) > _MAX_REMEMBERED:
                _answer_ids.popitem(last=False)

    def record_span(self, span: dict[str, Any], size_bytes: int, is_error: bool) -> None:
        """Keeps the record of a step of a trace."""
        settings = self.settings
        if not (is_error and settings.keep_errors) and not is_sampled(span["trace_id"], settings.sample_rate):
            self.delivery.count_drop("sampled_out")
            return
        self.delivery.add("span", lambda: span, size_bytes)

    # On the worker's thread

    def extras_of(self, call: Call) -> Extras:
        """What the call, and what is around it, say beside the parameters of the provider."""
        around = call.ambient.extras if call.ambient else None
        return read_extras(around, call.carried["extras"] if call.carried else None)

    def secrets(self) -> list[str]:
        """The keys of all clients: a step does not know which client its error comes from."""
        return [*_client_keys, self.settings.api_key or ""]

    def _write(self, call: Call) -> dict[str, Any]:
        read = ReadCall(call)
        if call.is_background and read.open_id is not None and not read.is_complete:
            late = self.background.suspend(read.open_id, read)
            if late is None:
                raise NoRecord(None)
            return self._write_unfinished(late)
        return self._finish(to_log(read))

    def _finish(self, log: dict[str, Any]) -> dict[str, Any]:
        settings = self.settings
        if settings.sample_rate < 1 and not (settings.keep_errors and log["status"] == "error"):
            if not is_sampled(log.get("trace_id") or log["id"], settings.sample_rate):
                raise NoRecord("sampled_out")
        if settings.debug:
            contain("print a line", self._print, log)
        return log

    def _write_poll(self, poll: Call) -> dict[str, Any]:
        """The record of a background response that a poll shows to be over. A failed poll says nothing about it."""
        answer = ReadCall(poll)
        is_over = isinstance(answer.answer, dict) and answer.answer.get("status") and answer.open_id is None
        read = self.background.take(poll.polled_id) if poll.error is None and is_over else None
        if read is None:
            raise NoRecord(None)
        read.answer = answer.answer
        read.is_complete = True
        # Its listener may have given up; the response went on.
        read.call.error = None
        read.call.ended_by = "end"
        return self._finish(to_log(read, notes={"background": True}))

    def _write_unfinished(self, read: ReadCall) -> dict[str, Any]:
        log = to_log(read, notes={"background": "unfinished"})
        if log["status"] == "success":
            log["status"] = "incomplete"
        return self._finish(log)

    def end_open(self) -> None:
        """Nobody will read these streams to their end, or poll these responses."""
        for call in list(self.open_streams):
            call.succeed("dropped")
        # Those that still wait in the queue are read first, or they would not be known here.
        if self.background.is_used:
            self.delivery.drain(self.settings.exit_timeout)
        for read in self.background.take_all():
            self.delivery.add("log", lambda read=read: self._write_unfinished(read), read.call.size_bytes)  # type: ignore[misc]

    def _print(self, log: dict[str, Any]) -> None:
        if sys.stderr is None:
            # A process without one, where `print` would take stdout.
            return
        tokens = f"{log.get('input_tokens', '?')} in, {log.get('output_tokens', '?')} out"
        took = f"{round(log.get('latency_ms') or 0)} ms"
        parts = (
            log["endpoint"],
            log["model"],
            log["status"],
            took,
            tokens,
            request_url(self.settings.base_url, log["id"]),
        )
        print(f"[promptlab] {' · '.join(parts)}", file=sys.stderr)


def request_url(base_url: str, record_id: str) -> str:
    """The dashboard's page of one request."""
    return f"{base_url}/requests?id={record_id}"


def find_answer(answer: Any) -> Optional[tuple[Any, str]]:
    """The stamp of the call that gave this answer, and the server it is on."""
    found = _answers.get(id(answer))
    if found is not None and found[0]() is answer:
        return found[1], found[2]
    answer_id = getattr(answer, "id", None)
    return _answer_ids.get(answer_id) if isinstance(answer_id, str) else None


def _end_all_open() -> None:
    for core in list(_cores):
        contain("record what is open", core.end_open)


def _forget_open() -> None:
    for core in list(_cores):
        # The parent reads them on, and has their records; a copy that is dropped here is no end.
        for call in core.open_streams:
            call.is_done = True
        core.open_streams = set()
        core.background.take_all()


process.before_end(_end_all_open)
process.after_fork(_forget_open)
