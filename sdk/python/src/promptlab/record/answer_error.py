"""Calls that failed although the HTTP status was 200: the body says so, a choice, or an answer that is not there."""

from __future__ import annotations

import json
from typing import Any, Iterable, Optional

from .clean import is_number, text_of

# Where a provider that answers without an answer says why.
_MESSAGE_FIELDS = ("message", "msg", "error_msg", "detail", "errorMessage", "Message")
_LISTS = {
    "chat": "choices", "completion": "choices", "responses": "output", "embeddings": "data", "images": "data",
    "moderation": "results",
}  # fmt: skip


def find_answer_error(kind: str, body: dict[str, Any]) -> Optional[dict[str, Any]]:
    """The error in an answer, as `read_error_body` takes it; None where there is none."""
    found = _error_of(kind, body)
    if found is None:
        return None
    message = _message_of(found.get("message")) or _first_message(found)
    code = next((found[name] for name in ("code", "error_code", "status") if _is_word(found.get(name))), None)
    return {"type": found.get("type"), "code": code, "param": found.get("param"), "message": message}


def has_answer(kind: str, answer: Any) -> bool:
    """False where the body holds nothing that a call of this kind asks for."""
    body = answer if isinstance(answer, dict) else {}
    if kind == "responses":
        return _is_filled(body.get("output")) or text_of(body.get("output_text")) is not None
    if kind in _LISTS:
        found = body.get(_LISTS[kind])
        # Of vectors only their number is kept.
        return _is_filled(found) or isinstance(found, dict) and bool(found.get("count"))
    if kind == "transcription":
        # Silence is an answer too; a page of HTML is none.
        return isinstance(body.get("text"), str) or isinstance(answer, str) and not is_html(answer)
    return True


def is_html(text: str) -> bool:
    """A page, as a proxy in between answers in place of the provider."""
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def _error_of(kind: str, body: dict[str, Any]) -> Optional[dict[str, Any]]:
    """In the body itself, in what a gateway puts around it, or in one of its choices."""
    groq = body.get("x_groq")
    own = _as_error(body.get("error")) or _as_error(groq.get("error") if isinstance(groq, dict) else None)
    if own is None and kind == "responses" and body.get("status") == "failed":
        own = {"type": "response_failed", "message": "The response failed."}
    if own is not None:
        return own
    has_words = has_answer(kind, body)
    # Cloudflare
    errors = body.get("errors")
    if body.get("success") is False or (not has_words and _is_filled(errors)):
        return (_as_error(errors) if isinstance(errors, list) else None) or body
    # MiniMax
    base = body.get("base_resp")
    if isinstance(base, dict) and is_number(base.get("status_code")) and base["status_code"] != 0:
        return {"code": base["status_code"], "message": base.get("status_msg")}
    choices = body.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        found = _choice_error(choice)
        if found is not None:
            return found
    return body if kind != "speech" and not has_words and _first_message(body) is not None else None


def _choice_error(choice: Any) -> Optional[dict[str, Any]]:
    if not isinstance(choice, dict):
        return None
    own = _as_error(choice.get("error"))
    reason = text_of(choice.get("finish_reason")) or ""
    if own is not None or reason.lower() not in ("error", "network_error"):
        return own
    message = choice.get("message")
    inner = _as_error(message.get("error")) if isinstance(message, dict) else None
    return inner or {"message": f'The provider ended the answer with finish_reason "{reason}".'}


def _as_error(error: Any) -> Optional[dict[str, Any]]:
    """What stands for no error in some answers: None, an empty text, an empty object, False, 0."""
    if isinstance(error, str):
        return {"message": error} if error else None
    if isinstance(error, dict):
        return error or None
    if isinstance(error, list):
        return (_as_error(error[0]) or {"message": _FAILED}) if error else None
    return {"message": _FAILED} if error is True else None


_FAILED = "The provider says that the call failed."


def _first_message(fields: dict[str, Any]) -> Optional[str]:
    return next((text for name in _MESSAGE_FIELDS if (text := _message_of(fields.get(name)))), None)


def _message_of(value: Any) -> Optional[str]:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False) if value else None
    return text_of(value)


def _is_word(value: Any) -> bool:
    return text_of(value) is not None or is_number(value)


def _is_filled(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0


def hide_in_errors(answer: Any, hide: Any) -> Any:
    """The answer with all texts of its errors without secrets: providers repeat the key, and their own provider's answer."""
    if not isinstance(answer, dict):
        return answer
    whole = answer
    if _has_words(answer.get("error")):
        whole = {**whole, "error": _hide(answer["error"], hide)}
    choices = answer.get("choices")
    if isinstance(choices, list) and any(isinstance(one, dict) and _has_words(one.get("error")) for one in choices):
        whole = {**whole, "choices": [_safe_choice(choice, hide) for choice in choices]}
    return whole


def _safe_choice(choice: Any, hide: Any) -> Any:
    if not isinstance(choice, dict) or not _has_words(choice.get("error")):
        return choice
    return {**choice, "error": _hide(choice["error"], hide)}


def _has_words(error: Any) -> bool:
    return isinstance(error, (dict, list)) or text_of(error) is not None


def _hide(value: Any, hide: Any) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_hide(item, hide) for item in value]
    return {key: _hide(item, hide) for key, item in value.items()} if isinstance(value, dict) else value


__all__ = ["find_answer_error", "has_answer", "hide_in_errors", "is_html"]
