"""Chunks of `chat.completions` and legacy `completions`, put together by choice index and tool call index."""

from __future__ import annotations

import json
from typing import Any, Optional

from .clean import is_number, text_of
from .growing import Growing, StreamBudget

# `obfuscation`: random padding against traffic analysis.
_NOT_KEPT = frozenset(("choices", "object", "obfuscation"))
# From the first chunk that has them: Azure begins with empty ones.
_FIRST_WINS = frozenset(("id", "created", "model"))


# Lists of words for a reader.
_WORDS = frozenset(("content", "reasoning_details"))


class ChatStream:
    """`kind`: the name of the whole answer, `chat.completion` or `text_completion`."""

    def __init__(self, kind: str, max_text: int) -> None:
        self._kind = kind
        self.budget = StreamBudget(max_text)
        self._top = Growing(self.budget)
        self._choices: dict[int, _Choice] = {}
        self.error: Any = None

    @property
    def is_complete(self) -> bool:
        """Every choice has said why it ended."""
        return bool(self._choices) and all(choice.finish_reason is not None for choice in self._choices.values())

    def add(self, chunk: Any) -> bool:
        """Takes one chunk in. True where it holds the first words for a reader."""
        if not isinstance(chunk, dict):
            return False
        if not isinstance(chunk.get("choices"), list) and _is_error_event(chunk):
            self.error = self.error or chunk.get("error") or chunk
        for key, value in chunk.items():
            if value is None or value == "" or key in _NOT_KEPT:
                continue
            if key in _FIRST_WINS and self._top.values.get(key):
                continue
            before = self._top.values.get(key)
            if before != value:
                self._top.set(key, _join_usage(before, value) if key == "usage" else value)
        has_content = False
        choices = chunk.get("choices")
        for position, part in enumerate(choices if isinstance(choices, list) else ()):
            if isinstance(part, dict):
                index = part.get("index")
                choice = self._choice_at(index if isinstance(index, int) else position)
                has_content = (choice is not None and choice.add(part)) or has_content
        return has_content

    def result(self) -> dict[str, Any]:
        """What arrived so far, in the shape of the answer that is not streamed."""
        top = dict(self._top.values)
        whole: dict[str, Any] = {"id": top.pop("id")} if "id" in top else {}
        choices = [self._choices[index].result(index) for index in sorted(self._choices)]
        return {**whole, "object": self._kind, **top, "choices": choices}

    def _choice_at(self, index: int) -> Optional[_Choice]:
        choice = self._choices.get(index)
        if choice is None and self.budget.has_room(self._choices):
            choice = self._choices[index] = _Choice(self.budget, self._kind == "text_completion")
        return choice


def _join_usage(before: Any, usage: Any) -> Any:
    """Counts may come one by one: the input at first, the output at last. Of those that come again the last ones count."""
    return {**before, **usage} if isinstance(before, dict) and isinstance(usage, dict) else usage


def _is_error_event(chunk: dict[str, Any]) -> bool:
    """As servers send it that do not break off the stream; the library raises at an `error` by itself, in most majors."""
    if chunk.get("object") == "error" or chunk.get("type") == "error":
        return True
    return isinstance(chunk.get("error"), dict) or text_of(chunk.get("error")) is not None


class _Choice:
    def __init__(self, budget: StreamBudget, is_legacy: bool) -> None:
        self.finish_reason: Optional[str] = None
        self._budget = budget
        self._is_legacy = is_legacy
        # What some providers put beside the message.
        self._own = Growing(budget)
        self._message = Growing(budget)
        self._tool_calls: Optional[_ToolCalls] = None
        self._function_call: Optional[Growing] = None
        self._audio: Optional[Growing] = None
        self._audio_length = 0
        self._logprobs: Optional[Growing] = None

    def add(self, part: dict[str, Any]) -> bool:
        self.finish_reason = text_of(part.get("finish_reason")) or self.finish_reason
        has_content = False
        for key, value in part.items():
            if value is None:
                continue
            # Some servers answer a streamed call in one piece, with a message; Perplexity has all words so far beside each delta.
            if key == "delta" or key == "message" and not part.get("delta"):
                has_content = self._add_delta(value) or has_content
            elif key == "text":
                self._message.add_text("text", value)
                has_content = bool(value) or has_content
            elif key == "logprobs":
                self._add_logprobs(value)
            elif key not in ("index", "finish_reason", "message"):
                self._own.set(key, value)
        return has_content

    def result(self, index: int) -> dict[str, Any]:
        base = {"index": index, **self._own.values, "finish_reason": self.finish_reason}
        # Last, since they may have more values than a record has room for.
        logprobs = self._logprobs.values if self._logprobs else None
        if self._is_legacy:
            return {**base, "text": "", **self._message.result(), "logprobs": logprobs}
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None, **self._message.result()}
        if self._tool_calls:
            message["content"] = message["content"] or None
            message["tool_calls"] = self._tool_calls.result()
        if self._function_call:
            message["function_call"] = {"name": "", "arguments": "", **self._function_call.result()}
        if self._audio:
            data = f"[base64 audio, {self._audio_length * 3 // 4} bytes]"
            message["audio"] = {"transcript": "", **self._audio.result(), "data": data}
        return {**base, "message": message, "logprobs": logprobs}

    def _add_delta(self, delta: Any) -> bool:
        if not isinstance(delta, dict):
            return False
        has_content = False
        for key, value in delta.items():
            if value is None:
                continue
            if key == "role":
                self._message.values["role"] = text_of(value) or "assistant"
            elif key == "tool_calls":
                self._tool_calls = self._tool_calls or _ToolCalls(self._budget)
                has_content = self._tool_calls.add(value) or has_content
            elif key == "function_call":
                self._function_call = self._function_call or Growing(self._budget)
                self._function_call.add(value)
                has_content = True
            elif key == "audio" and isinstance(value, dict):
                self._add_audio(value)
                has_content = True
            # `content`, `refusal`, and what other providers stream beside them (`reasoning_content`, `reasoning`).
            elif isinstance(value, str):
                self._message.add_text(key, value)
                has_content = bool(value) or has_content
            # Lists grow (annotations, parts of a content).
            elif isinstance(value, list):
                self._message.push(key, value)
                has_content = has_content or key in _WORDS and bool(value)
            else:
                self._message.set(key, value)
        return has_content

    def _add_audio(self, value: dict[str, Any]) -> None:
        """The sound itself is counted, not kept."""
        self._audio = self._audio or Growing(self._budget)
        self._audio_length += len(value["data"]) if isinstance(value.get("data"), str) else 0
        self._audio.add({key: member for key, member in value.items() if key != "data"})

    def _add_logprobs(self, value: Any) -> None:
        if not isinstance(value, dict):
            return
        self._logprobs = self._logprobs or Growing(self._budget)
        for key, member in value.items():
            if isinstance(member, list):
                self._logprobs.push(key, member)
            elif key not in self._logprobs.values:
                self._logprobs.set(key, member)


class _ToolCalls:
    """Parallel calls arrive interleaved; each is found again by its `index`, else by its id, else it is the last one, unless
    the piece begins another: some servers send whole calls without either."""

    def __init__(self, budget: StreamBudget) -> None:
        self._budget = budget
        # In the order in which they began.
        self._calls: list[_ToolCall] = []
        self._last: Optional[_ToolCall] = None

    def add(self, pieces: Any) -> bool:
        """A list of pieces; some servers send a single one without a list."""
        pieces = pieces if isinstance(pieces, list) else [pieces]
        for position, piece in enumerate(pieces):
            call = self._call_of(piece, position, len(pieces)) if isinstance(piece, dict) else None
            if call is not None:
                call.add(piece)
        return bool(pieces)

    def result(self) -> list[Any]:
        return [call.result() for call in sorted(self._calls, key=lambda call: call.index)]

    def _call_of(self, piece: dict[str, Any], position: int, count: int) -> Optional[_ToolCall]:
        """`position`: in its chunk of `count`; two nameless places of one chunk are two calls, and go on with the last two."""
        index, given_id = _index_of(piece), text_of(piece.get("id"))
        if index is not None:
            call = next((known for known in reversed(self._calls) if known.index == index), None)
        elif given_id:
            call = next((known for known in self._calls if known.id == given_id), None)
        else:
            is_nameless = _named_group(piece)[1] is None
            call = self._calls[position - count] if is_nameless and count <= len(self._calls) else self._last
        if call is None or call.is_other_than(piece, position == 0):
            if not self._budget.has_room(self._calls):
                return None
            call = _ToolCall(len(self._calls) if index is None else index, self._budget)
            self._calls.append(call)
        self._last = call
        return call


class _ToolCall:
    def __init__(self, index: Any, budget: StreamBudget) -> None:
        self.index = index
        self.id: Optional[str] = None
        self._budget = budget
        self._own = Growing(budget)
        # `function: {name, arguments}` and `custom: {name, input}`.
        self._groups: dict[str, Growing] = {}

    def is_other_than(self, piece: dict[str, Any], is_first: bool) -> bool:
        """True where the piece begins another call. Gemini gives each of its calls the index 0: there it has another id and a
        name. Without an id it has a name again, although this call is whole already."""
        group, name, text = _named_group(piece)
        if name is None:
            return False
        given_id = text_of(piece.get("id"))
        known = self._groups.get(group)
        before = _words_of(group, known) if known else ""
        is_custom = group == "custom"
        if given_id and self.id:
            return given_id != self.id
        known_name = known.values.get("name") if known else None
        if known is None or known_name is None:
            return False
        if _index_of(piece) is not None:
            return text != "" and not is_custom and _is_whole_json(before)
        if not is_first or known_name != name:
            return True
        return text != "" and (before != "" if is_custom else _is_whole_json(before))

    def add(self, piece: dict[str, Any]) -> None:
        for key, value in piece.items():
            if key == "index" or value is None or value == "":
                continue
            if key == "id":
                self.id = self.id or text_of(value)
            elif not isinstance(value, dict):
                self._own.set(key, value)
            elif key in self._groups or self._budget.has_room(self._groups):
                self._groups.setdefault(key, Growing(self._budget)).add(value)

    def result(self) -> dict[str, Any]:
        call: dict[str, Any] = {"id": self.id} if self.id else {}
        call.update(self._own.values)
        call.update((key, group.result()) for key, group in self._groups.items())
        return call


def _index_of(piece: dict[str, Any]) -> Any:
    """Some servers write it as text."""
    index = piece.get("index")
    if isinstance(index, str):
        return int(index) if index.isascii() and index.isdigit() else None
    return index if is_number(index) else None


def _named_group(piece: dict[str, Any]) -> tuple[str, Optional[str], str]:
    """The part of a piece that names what is called, its name, and its words."""
    group = "custom" if isinstance(piece.get("custom"), dict) else "function"
    named = piece.get(group)
    if not isinstance(named, dict):
        return group, None, ""
    words = named.get(_words_in(group))
    return group, text_of(named.get("name")), _WHOLE if isinstance(words, dict) else text_of(words) or ""


# What stands for arguments that come as an object, and so at once.
_WHOLE = "{}"


def _words_in(group: str) -> str:
    return "input" if group == "custom" else "arguments"


def _words_of(group: str, known: Growing) -> str:
    """The words of a call that are here."""
    name = _words_in(group)
    if isinstance(known.values.get(name), dict):
        return _WHOLE
    said = known.text_at(name)
    return str(said) if said is not None else ""


def _is_whole_json(text: str) -> bool:
    """Only asked where a name comes a second time, which is once a call."""
    if not text.rstrip().endswith(("}", "]", '"')):
        return False
    try:
        json.loads(text)
        return True
    except (ValueError, RecursionError):
        return False
