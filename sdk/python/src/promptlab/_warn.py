"""What breaks on our side stays there: one warning per cause, and never an exception for the caller."""

from __future__ import annotations

import logging
from typing import Any, Callable, Optional, TypeVar

_R = TypeVar("_R")

logger = logging.getLogger("promptlab")
_warned: set[str] = set()
_is_quiet = False


def silence() -> None:
    """Called when the process ends: whatever fails from now on is nobody's to read."""
    global _is_quiet
    _is_quiet = True


def warn_once(cause: str, message: str) -> None:
    """Logs one line, once per cause and process: a library that repeats itself is switched off."""
    if _is_quiet or cause in _warned:
        return
    _warned.add(cause)
    try:
        logger.warning("[promptlab] %s", message)
    except Exception:  # noqa: BLE001 -- a broken log handler is not the caller's fault
        pass


def report_internal(what: str, thrown: BaseException) -> None:
    """For an exception that was caught already. Never raises."""
    try:
        cause = f"{type(thrown).__name__}: {thrown}"[:300]
        warn_once(f"internal:{what}", f"Could not {what}; the call itself is not affected. ({cause})")
    except Exception:  # noqa: BLE001 -- nothing is left to do
        pass


def contain(what: str, work: Callable[..., _R], *args: Any) -> Optional[_R]:
    """Runs a piece of our work; an exception becomes one warning and None."""
    try:
        return work(*args)
    except Exception as thrown:  # noqa: BLE001 -- this is the edge
        report_internal(what, thrown)
        return None
