"""What an upload's outcome means for each of its records. Decides, and leaves the doing to the worker."""

from __future__ import annotations

from typing import Any, Optional

from .queue import QueuedRecord
from .retry import is_retryable
from .transport import Outcome

_MAX_SHRINKS = 5
# A verdict that may be another one later.
_TRANSIENT = frozenset(("overloaded", "api_error", "rate_limit_error"))


class Loss:
    """Records that will not be sent any more, and why."""

    __slots__ = ("http_status", "message", "reason", "records")

    def __init__(
        self, records: list[QueuedRecord], reason: str, message: str, http_status: Optional[int] = None
    ) -> None:
        self.records = records
        self.reason = reason
        self.message = message
        self.http_status = http_status


class Verdict:
    """What is to be done."""

    __slots__ = ("again", "blocks", "failure", "halves", "losses", "retry_after", "shrinks", "stored")

    def __init__(self) -> None:
        # Records the server has, repeats included.
        self.stored = 0
        self.again: list[QueuedRecord] = []
        self.losses: list[Loss] = []
        # Set where the server could not take the batch now: reason and message. Wait, then try.
        self.failure: Optional[tuple[str, str]] = None
        self.retry_after = 0.0
        # The next batches are to be half as large; the one record is to be made smaller; nothing more is sent.
        self.halves = self.shrinks = self.blocks = False


def judge_upload(batch: list[QueuedRecord], outcome: Outcome, base_url: str, max_attempts: float) -> Verdict:
    """Per record: stored, refused for good, or to be tried again."""
    verdict = Verdict()
    where = f"PromptLab at {base_url}"
    if outcome.kind == "answered":
        _judge_each(verdict, batch, outcome, max_attempts)
    elif outcome.kind == "unreachable":
        message = f"{where} could not be reached: {outcome.message}"
        _try_again(verdict, batch, max_attempts, ("network", message))
    elif outcome.kind == "unreadable":
        _try_again(verdict, batch, max_attempts, ("bad_answer", f"{where} {outcome.message}"))
    else:
        _judge_refusal(verdict, batch, outcome, f"{where}: {outcome.message} ({outcome.http_status})", max_attempts)
    return verdict


def _judge_each(verdict: Verdict, batch: list[QueuedRecord], outcome: Outcome, max_attempts: float) -> None:
    receipts = {receipt.get("index"): receipt for receipt in outcome.receipts if isinstance(receipt, dict)}
    again: list[QueuedRecord] = []
    for index, queued in enumerate(batch):
        receipt: dict[str, Any] = receipts.get(index) or {}
        error = receipt.get("error") if isinstance(receipt.get("error"), dict) else {}
        if receipt.get("status") in ("created", "duplicate"):
            verdict.stored += 1
        elif receipt.get("status") != "rejected" or (error or {}).get("type") in _TRANSIENT:
            again.append(queued)
        else:
            message = f"PromptLab rejected a record: {(error or {}).get('message') or 'no reason given'}"
            verdict.losses.append(Loss([queued], "rejected", message))
    if again:
        _try_again(verdict, again, max_attempts, ("bad_answer", "PromptLab did not take all of a batch."))


def _judge_refusal(
    verdict: Verdict, batch: list[QueuedRecord], outcome: Outcome, message: str, max_attempts: float
) -> None:
    status = outcome.http_status or 0

    def lose(reason: str, text: str) -> None:
        verdict.losses.append(Loss(batch, reason, text, status))

    if status in (401, 403):
        verdict.blocks = True
        lose("unauthorized", f"{message} Nothing more is sent with this key.")
    elif is_retryable(status):
        verdict.retry_after = outcome.retry_after
        _try_again(verdict, batch, max_attempts, ("server_error", message))
        # A batch that breaks the server twice may hold one record that does.
        verdict.halves = status == 500 and len(batch) > 1 and batch[0].attempts > 1
    elif status == 404 or 300 <= status < 400:
        lose("not_found", f"{message} Is the base URL right?")
    elif len(batch) > 1:
        # One record of the batch may be at fault: the halves show which.
        verdict.again, verdict.halves = batch, True
    elif status != 413:
        lose("rejected", message)
    elif batch[0].shrinks >= _MAX_SHRINKS:
        lose("too_large", message)
    else:
        verdict.again, verdict.shrinks = batch, True


def _try_again(verdict: Verdict, batch: list[QueuedRecord], max_attempts: float, failure: tuple[str, str]) -> None:
    verdict.failure = failure
    spent: list[QueuedRecord] = []
    for queued in batch:
        queued.attempts += 1
        (spent if queued.attempts >= max_attempts else verdict.again).append(queued)
    if spent:
        verdict.losses.append(Loss(spent, *failure))
