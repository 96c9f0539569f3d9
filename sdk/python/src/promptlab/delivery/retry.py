"""When to try again. Randomness and time are passed in."""

from __future__ import annotations

from typing import Optional

_FIRST_DELAY = 0.5
_MAX_DELAY = 30.0
_MAX_RETRY_AFTER = 300.0


def backoff(failures_in_a_row: int, chance: float) -> float:
    """Seconds. Doubles per failure in a row, up to half a minute, with half of it left to chance."""
    ceiling: float = min(_MAX_DELAY, _FIRST_DELAY * 2 ** min(16, max(0, failures_in_a_row - 1)))
    return ceiling / 2 + ceiling / 2 * chance


def parse_retry_after(header: Optional[str], now: float) -> float:
    """`Retry-After` in seconds or as a date, capped; 0 where there is none to read."""
    text = (header or "").strip()
    if not text:
        return 0.0
    try:
        delay = float(text)
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            delay = parsedate_to_datetime(text).timestamp() - now
        except (TypeError, ValueError):
            return 0.0
    return min(_MAX_RETRY_AFTER, max(0.0, delay)) if delay == delay else 0.0


def is_retryable(status: int) -> bool:
    """Statuses after which the same records may be accepted later."""
    return status in (408, 425, 429) or status >= 500
