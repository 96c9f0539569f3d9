"""Options: their defaults, where they come from, and what happens to wrong ones (a warning and the default)."""

from __future__ import annotations

import inspect
import os
import re
from typing import Any, Callable, Mapping, Optional
from urllib.parse import urlsplit

from ._warn import warn_once
from .record.clean import clean_identifier, clean_tags, is_number

DEFAULT_BASE_URL = "http://localhost:8000"
_INFINITE = float("inf")
_KEY = re.compile(r"[\x21-\x7e]+\Z")
_LOOPBACK = re.compile(r"https?://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|/|\Z)")

# Name, default, least, most.
_NUMBERS: dict[str, tuple[float, float, float]] = {
    "sample_rate": (1.0, 0, 1),
    "field_bytes": (1_000_000, 100, 1_000_000),
    "record_bytes": (4_000_000, 2_000, 9_000_000),
    "queue_records": (5_000, 1, _INFINITE),
    "queue_bytes": (16_000_000, 1, _INFINITE),
    "batch_records": (50, 1, 1_000),
    "batch_bytes": (1_000_000, 1, 9_000_000),
    "batch_interval": (1.0, 0, 600),
    "request_timeout": (10.0, 0.001, 600),
    "max_attempts": (8, 1, _INFINITE),
    "exit_timeout": (2.0, 0, 600),
}
_FLAGS = {
    "keep_errors": True,
    "capture_input": True,
    "capture_output": True,
    "capture_embeddings": False,
    "keep_tags_on_wire": False,
    "flush_on_exit": True,
    "flush_on_signal": False,
}
_LINES = {"environment": "ENVIRONMENT", "release": "RELEASE", "provider": None}
_FUNCTIONS = ("mask", "on_error", "transport")
_STREAM_USAGE = ("auto", "always", "never")
OPTION_NAMES = frozenset(("api_key", "base_url", "enabled", "tags", "stream_usage", "gzip_above_bytes", "debug")).union(
    _NUMBERS, _FLAGS, _LINES, _FUNCTIONS
)


def read_env(name: str) -> Optional[str]:
    """Reads `PROMPTLAB_<name>` now, not at import. Line breaks, blanks and quotes around it are no part of it."""
    return _unquoted(os.environ.get(f"PROMPTLAB_{name}", "")) or None


def env_key() -> tuple[Optional[str], ...]:
    """All that is read of the environment: what tells two sets of defaults apart."""
    return tuple(read_env(name) for name in ("API_KEY", "BASE_URL", "ENABLED", "ENVIRONMENT", "RELEASE", "DEBUG"))


class Settings:
    """Options with every default in place. Wrong ones are reported once, by name."""

    sample_rate: float
    field_bytes: int
    record_bytes: int
    queue_records: int
    queue_bytes: int
    batch_records: int
    batch_bytes: int
    batch_interval: float
    request_timeout: float
    max_attempts: int
    exit_timeout: float
    keep_errors: bool
    capture_input: bool
    capture_output: bool
    capture_embeddings: bool
    keep_tags_on_wire: bool
    flush_on_exit: bool
    flush_on_signal: bool
    environment: Optional[str]
    release: Optional[str]
    provider: Optional[str]
    mask: Optional[Callable[[Any], Any]]
    on_error: Optional[Callable[[Any], Any]]
    transport: Optional[Callable[[Any], Any]]

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in OPTION_NAMES:
                _warn(f'There is no option "{name}"; it is ignored.')
        given = {name: value for name, value in options.items() if value is not None}
        self.base_url = _read_base_url(given.get("base_url"))
        self.api_key = _read_key(given.get("api_key"))
        is_wanted = _read_flag("enabled", given.get("enabled"), not _is_false(read_env("ENABLED")))
        self.is_enabled = is_wanted and self.api_key is not None
        # A key that cannot be one was named already.
        was_warned = bool(given.get("api_key") or read_env("API_KEY"))
        if is_wanted and self.api_key is None and not was_warned:
            warn_once(
                "disabled", "No API key, so nothing is recorded. Set PROMPTLAB_API_KEY, or pass api_key=… to track()."
            )
        for name, (default, least, most) in _NUMBERS.items():
            setattr(self, name, _read_number(name, given.get(name), default, least, most))
        for name, flag in _FLAGS.items():
            setattr(self, name, _read_flag(name, given.get(name), flag))
        for name, env_name in _LINES.items():
            setattr(self, name, _read_line(name, given.get(name), env_name))
        for name in _FUNCTIONS:
            setattr(self, name, _read_function(name, given.get(name)))
        self.tags = _read_tags(given.get("tags"))
        self.stream_usage = _read_stream_usage(given.get("stream_usage"))
        self.debug = _read_flag("debug", given.get("debug"), _is_true(read_env("DEBUG")))
        # On one machine compression costs time and saves nothing.
        gzip_default = _INFINITE if _LOOPBACK.match(self.base_url) else 16_384
        self.gzip_above_bytes = _read_number(
            "gzip_above_bytes", given.get("gzip_above_bytes"), gzip_default, 0, _INFINITE
        )


def _warn(message: str) -> None:
    warn_once(f"option:{message}", message)


def _refuse(name: str, accepted: str, fallback: Any) -> Any:
    _warn(f'Option "{name}" must be {accepted}; using the default.')
    return fallback


def _read_text(name: str, value: Any) -> Optional[str]:
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(name, "a string", None)
        return None
    return value.strip() or None


def _unquoted(text: str) -> str:
    """Line breaks, blanks and quotes around a value come with it from files and shells, and are no part of it."""
    return text.strip().strip("\"'").strip()


def _read_key(value: Any) -> Optional[str]:
    key = _unquoted(_read_text("api_key", value) or "") or read_env("API_KEY")
    if key is not None and not _KEY.match(key):
        _warn("The API key holds blanks, line breaks or letters that no key has, so nothing is recorded.")
        return None
    return key


def _read_line(name: str, value: Any, env_name: Optional[str]) -> Optional[str]:
    """A text that goes into a record, where a longer one would cost the record."""
    text = _read_text(name, value) or (read_env(env_name) if env_name else None)
    line = clean_identifier(text)
    if line != text:
        _warn(f'Option "{name}" must be one line of at most 256 characters; it is cut.')
    return line


def _read_flag(name: str, value: Any, fallback: bool) -> bool:
    if value is None:
        return fallback
    return value if isinstance(value, bool) else bool(_refuse(name, "True or False", fallback))


def _read_number(name: str, value: Any, default: float, least: float, most: float) -> Any:
    if value is None:
        return default
    if is_number(value) and least <= value <= most:
        return value if isinstance(default, float) or value == _INFINITE else int(value)
    upper = "" if most == _INFINITE else f" to {most:g}"
    return _refuse(name, f"a number from {least:g}{upper}", default)


def _read_function(name: str, value: Any) -> Any:
    if value is None:
        return None
    if not callable(value):
        return _refuse(name, "a function", None)
    if inspect.iscoroutinefunction(value):
        return _refuse(name, "a plain function, since it is called on a thread without an event loop", None)
    return value


def _read_tags(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        _refuse("tags", 'a dict of strings, such as {"env": "prod"}', None)
        return {}
    return clean_tags(value)


def _read_stream_usage(value: Any) -> Any:
    if value is None:
        return "auto"
    return value if value in _STREAM_USAGE else _refuse("stream_usage", "one of auto, always, never", "auto")


def _read_base_url(value: Any) -> str:
    text = _read_text("base_url", value if value is None or isinstance(value, str) else str(value))
    text = _unquoted(text or "") or read_env("BASE_URL") or DEFAULT_BASE_URL
    try:
        address = urlsplit(text)
        # Reading the port is what checks it.
        is_usable = address.scheme in ("http", "https") and bool(address.hostname) and (address.port or 1) > 0
    except ValueError:
        is_usable = False
    if not is_usable:
        _refuse("base_url", "an http(s) URL, such as http://localhost:8000", None)
        return DEFAULT_BASE_URL
    text = text.rstrip("/")
    # The address of the API is often given in place of that of the server.
    return text[: -len("/api/v1")] if text.endswith("/api/v1") else text


def _is_false(value: Optional[str]) -> bool:
    return value is not None and value.lower() in ("false", "0", "no", "off")


def _is_true(value: Optional[str]) -> bool:
    return value is not None and value.lower() in ("true", "1", "yes", "on")
