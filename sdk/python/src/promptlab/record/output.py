"""What a call answered, sorted into the fields of a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional

from .answer_error import find_answer_error, has_answer, hide_in_errors
from .clean import clean_identifier, text_of
from .copier import ANSWER_VALUES, Copier
from .credentials import hide_secrets
from .error import MAX_MESSAGE, read_error_body
from .usage import read_cost, read_usage

if TYPE_CHECKING:
    from .._endpoints import Endpoint

# Reasons that mean: the model stopped before it was done, as whatever begins with `max_`. Each by its first word: Gemini
# says `content_filter: SAFETY`.
_EARLY_STOPS = frozenset((
    "length", "content_filter", "model_length", "model_context_window_exceeded",
    "insufficient_system_resource", "abort", "aborted", "cancelled", "safety", "recitation", "blocklist",
    "prohibited_content", "spii", "malformed_function_call", "content_filtered", "refusal", "sensitive", "timeout",
    "guardrail_intervened", "token_limit", "time_limit", "language", "model_armor", "no_image", "image_safety",
    "image_recitation", "image_prohibited_content", "image_other", "malformed_response", "malformed_model_output",
    "malformed_tool_use", "unexpected_tool_call", "too_many_tool_calls", "missing_thought_signature", "limit",
    "error_toxic", "error_limit", "user_cancel", "canceled", "context", "repetition",
))  # fmt: skip
_USAGE_VALUES = 1_000


class CallOutput:
    """What is known of the answer."""

    __slots__ = (
        "content", "cost", "counts", "error", "finish_reason", "is_truncated", "model", "raw_usage", "response",
        "service_tier", "status",
    )  # fmt: skip

    def __init__(
        self, endpoint: Endpoint, given: Any, secrets: Iterable[str], *, capture: bool, keep_vectors: bool,
        field_length: int, values_left: int,
    ) -> None:  # fmt: skip
        kind = endpoint.kind
        answer = _whole_answer(kind, _unwrap_error(_parse_json_text(given)), secrets)
        body: dict[str, Any] = answer if isinstance(answer, dict) else {}
        copier = Copier(field_length, values_left + ANSWER_VALUES)
        finish_reason = _find_finish_reason(kind, body)
        usage = _find_usage(body)
        self.response = (
            copier.copy(_kept_answer(kind, answer, keep_vectors)) if capture and answer is not None else None
        )
        self.raw_usage = Copier(field_length, _USAGE_VALUES).copy(usage)
        self.status, self.error = _find_status(kind, answer, finish_reason, secrets)
        text = _find_text(kind, answer) if capture else None
        self.content = None if text is None else copier.copy(text)
        self.model = clean_identifier(body.get("model"))
        self.finish_reason = clean_identifier(finish_reason)
        self.service_tier = clean_identifier(body.get("service_tier"))
        self.counts = read_usage(usage, has_output=kind in ("chat", "completion", "responses"))
        self.cost = read_cost(usage) or read_cost(body)
        message = (self.error or {}).get("message") or ""
        self.is_truncated = copier.is_truncated or len(message) >= MAX_MESSAGE


def _find_usage(body: dict[str, Any]) -> Any:
    """Beside the answer, as most have it; Groq streams it apart, Moonshot in the choice."""
    groq, choices = body.get("x_groq"), body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    places = (body, groq, first)
    found = (place.get("usage") for place in places if isinstance(place, dict))
    return next((usage for usage in found if isinstance(usage, dict)), None)


def _find_finish_reason(kind: str, body: dict[str, Any]) -> Optional[str]:
    if kind == "responses":
        details = body.get("incomplete_details")
        return text_of(details.get("reason") if isinstance(details, dict) else None) or text_of(body.get("status"))
    first: Optional[str] = None
    for choice in _dicts(body.get("choices")):
        reason = text_of(choice.get("finish_reason"))
        if is_early_stop(reason):
            return reason
        first = first or reason
    return first


def is_early_stop(reason: Optional[str]) -> bool:
    """Whether a finish reason means that the model stopped before it was done."""
    if reason is None or reason == "OTHER":
        # Gemini's word alone: the AI SDK says `other` of reasons that it does not know.
        return reason is not None
    # Gemini's library says `FinishReason.SAFETY`.
    word = reason.partition(":")[0].strip().lower().replace("-", "_")
    word = word[len("finishreason.") :] if word.startswith("finishreason.") else word
    return word.startswith("max_") or word in _EARLY_STOPS


def _find_status(
    kind: str, answer: Any, finish_reason: Optional[str], secrets: Iterable[str]
) -> tuple[str, Optional[dict[str, Any]]]:
    body: dict[str, Any] = answer if isinstance(answer, dict) else {}
    error = find_answer_error(kind, body)
    if error is not None:
        return "error", read_error_body(error, secrets, "api_error")
    if kind == "responses":
        status = body.get("status")
        if status == "cancelled":
            return "aborted", None
        if status not in (None, "completed"):
            return "incomplete", None
    elif is_early_stop(finish_reason):
        return "incomplete", None
    # Without an answer the caller read the body himself, so that nothing of it was seen.
    return ("success" if answer is None or has_answer(kind, answer) else "incomplete"), None


def _find_text(kind: str, answer: Any) -> Optional[str]:
    """The words of the answer, for lists and search."""
    if isinstance(answer, str):
        return answer
    if not isinstance(answer, dict):
        return None
    if kind in ("chat", "completion"):
        return _first_text(answer.get("choices"), _choice_text)
    if kind == "responses":
        refusals = _part_texts(answer.get("output"), "refusal", "refusal")
        said = text_of(answer.get("output_text")) or "".join(_part_texts(answer.get("output"), "output_text", "text"))
        return said or (refusals[0] if refusals else None)
    if kind == "transcription":
        return text_of(answer.get("text"))
    if kind == "images":
        return _first_text(answer.get("data"), lambda image: text_of(image.get("revised_prompt")))
    return None


def _first_text(items: Any, read: Callable[[dict[str, Any]], Optional[str]]) -> Optional[str]:
    return next((text for text in map(read, _dicts(items)) if text is not None), None)


def _choice_text(choice: dict[str, Any]) -> Optional[str]:
    message = choice.get("message")
    if not isinstance(message, dict):
        return text_of(choice.get("text"))
    audio = message.get("audio")
    transcript = text_of(audio.get("transcript")) if isinstance(audio, dict) else None
    return _content_text(message.get("content")) or text_of(message.get("refusal")) or transcript


def _content_text(content: Any) -> Optional[str]:
    """Mistral's models that think answer with a list of parts."""
    if not isinstance(content, list):
        return text_of(content)
    return text_of("".join(text_of(part.get("text")) or "" for part in _dicts(content)))


def _whole_answer(kind: str, answer: Any, secrets: Iterable[str]) -> Any:
    """As the library hands it on: it adds all the text of a response in one piece. An error in it must not show a key."""
    if not isinstance(answer, dict):
        return answer
    whole = answer
    if kind == "responses" and answer.get("object") == "response" and isinstance(answer.get("output"), list):
        if "output_text" not in answer:
            whole = {**whole, "output_text": "".join(_part_texts(answer["output"], "output_text", "text"))}
    known = list(secrets)
    return hide_in_errors(whole, lambda text: hide_secrets(text, known))


def _unwrap_error(answer: Any) -> Any:
    """Gemini's compatible endpoint sends its errors in a list."""
    only = answer[0] if isinstance(answer, list) and len(answer) == 1 else None
    return only if isinstance(only, dict) and isinstance(only.get("error"), dict) else answer


def _parse_json_text(given: Any) -> Any:
    """Some gateways send their JSON as text."""
    if not isinstance(given, str) or not given.lstrip().startswith("{"):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        return given


def _part_texts(output: Any, kind: str, field: str) -> list[str]:
    """One field of all content parts of a type, in order."""
    return [
        part[field]
        for item in _dicts(output)
        for part in _dicts(item.get("content"))
        if part.get("type") == kind and text_of(part.get(field))
    ]


def _kept_answer(kind: str, answer: Any, keep_vectors: bool) -> Any:
    """What of the answer is worth keeping: not the vectors, unless asked for."""
    if kind != "embeddings" or keep_vectors or not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        return answer
    vectors = answer["data"]
    first = vectors[0].get("embedding") if vectors and isinstance(vectors[0], dict) else None
    return {**answer, "data": {"count": len(vectors), "dimensions": count_dimensions(first)}}


def count_dimensions(embedding: Any) -> Optional[int]:
    """The size of one vector. As base64: four characters for three bytes, four bytes for a number."""
    if isinstance(embedding, str):
        return len(embedding) * 3 // 16
    return len(embedding) if isinstance(embedding, (list, tuple)) else None


def _dicts(items: Any) -> Iterable[dict[str, Any]]:
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
