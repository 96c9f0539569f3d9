"""What `on_error` receives, and what `log_request_now` raises."""

from __future__ import annotations

from typing import Optional


class PromptLabError(Exception):
    """Never raised into a tracked call.

    `reason` is one word: `configuration`, or why a record could not be delivered, as counted in `stats().dropped`.
    """

    def __init__(self, reason: str, message: str, *, http_status: Optional[int] = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.http_status = http_status
