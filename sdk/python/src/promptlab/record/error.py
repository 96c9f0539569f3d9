"""What a failed call says about itself, without its headers, request or any credential."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from .clean import cut_text, text_of
from .credentials import hide_secrets

MAX_MESSAGE = 10_000


class CallError:
    """Read off an exception at once: the exception itself holds frames, and is never kept."""

    __slots__ = ("code", "error_class", "http_status", "is_aborted", "message", "param", "request_id", "type")

    def __init__(self, thrown: BaseException) -> None:
        body = getattr(thrown, "body", None)
        body = body if isinstance(body, dict) else {}
        inner: dict[str, Any] = body
        if isinstance(body.get("error"), dict):
            inner = body["error"]
        self.error_class = type(thrown).__name__
        # What is no Exception ends the call from outside: a cancelled task, an interrupt, a generator that is closed.
        self.is_aborted = not isinstance(thrown, Exception)
        self.type = _word(getattr(thrown, "type", None)) or _word(inner.get("type"))
        # An event of that type says no more than that it is one.
        if self.type == "error":
            self.type = None
        self.code = _word(getattr(thrown, "code", None)) or _word(inner.get("code"))
        self.param = _word(getattr(thrown, "param", None)) or _word(inner.get("param"))
        self.message = _message_of(thrown)
        status = getattr(thrown, "status_code", None)
        self.http_status: Optional[int] = status if isinstance(status, int) and 0 <= status <= 999 else None
        self.request_id = text_of(getattr(thrown, "request_id", None))

    def to_json(self, secrets: Iterable[str]) -> dict[str, Any]:
        """As the wire contract has it."""
        error: dict[str, Any] = {"type": self.type or self.error_class, "message": clean_message(self.message, secrets)}
        for name in ("code", "param", "http_status"):
            value = getattr(self, name)
            if value is not None:
                error[name] = value
        return error


def clean_message(message: str, secrets: Iterable[str]) -> str:
    """The text of an error without keys, and not endless."""
    return cut_text(hide_secrets(message, secrets), MAX_MESSAGE)


def read_error_body(error: Any, secrets: Iterable[str], fallback: str) -> dict[str, Any]:
    """An error that came as data: in an answer with status 200, in a choice, or as the error of a response."""
    if isinstance(error, str):
        return {"type": fallback, "message": clean_message(error, secrets)}
    if not isinstance(error, dict):
        return {"type": fallback, "message": "The call failed."}
    kind = _word(error.get("type"))
    read: dict[str, Any] = {"type": kind if kind and kind != "error" else fallback}
    for name in ("code", "param"):
        if _word(error.get(name)):
            read[name] = _word(error[name])
    message = text_of(error.get("message"))
    if message:
        read["message"] = clean_message(message, secrets)
    return read


def _message_of(thrown: BaseException) -> str:
    try:
        message = getattr(thrown, "message", None)
        text = message if isinstance(message, str) else str(thrown)
        cause = thrown.__cause__
        inner = str(cause) if isinstance(cause, Exception) else ""
        return f"{text} ({inner})" if inner and inner not in text else text
    except Exception:  # noqa: BLE001 -- the exception is somebody's own
        return "[unreadable]"


def _word(value: Any) -> Optional[str]:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value)
