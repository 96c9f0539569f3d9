"""One record, sent by itself, outside the queue: for scripts that want the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._errors import PromptLabError
from .._version import SDK_NAME, VERSION
from ..record.encode import encode_record
from .queue import QueuedRecord
from .transport import Transport
from .verdict import judge_upload

if TYPE_CHECKING:
    from .._options import Settings


def send_now(record: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The receipt of the server. Raises PromptLabError where there is none."""
    body = encode_record(record, settings.mask, settings.record_bytes)
    if body is None:
        raise PromptLabError("masked_out", "The mask dropped the record.")
    transport = Transport(
        base_url=settings.base_url,
        api_key=settings.api_key or "",
        user_agent=f"{SDK_NAME}/{VERSION}",
        gzip_above_bytes=settings.gzip_above_bytes,
        send=settings.transport,
    )
    outcome = transport.post("log", b'{"logs":[' + body + b"]}", settings.request_timeout)
    transport.close()
    queued = QueuedRecord("log", lambda: None, len(body), 0)
    verdict = judge_upload([queued], outcome, settings.base_url, 1)
    if verdict.stored and outcome.receipts:
        receipt: dict[str, Any] = outcome.receipts[0]
        return receipt
    if verdict.losses:
        reason, message = verdict.losses[0].reason, verdict.losses[0].message
    else:
        reason, message = verdict.failure or ("too_large", "The record is too large.")
    raise PromptLabError(reason, message, http_status=outcome.http_status)
