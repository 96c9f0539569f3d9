"""Events of `responses`. A terminal event carries the whole answer; without one it is put together from its pieces."""

from __future__ import annotations

from typing import Any, Optional

from .copier import Copier
from .growing import Growing, StreamBudget

_TERMINAL = frozenset((
    "response.completed", "response.failed", "response.incomplete", "response.cancelled", "response.done",
))  # fmt: skip
_OPEN = frozenset(("response.created", "response.queued", "response.in_progress"))
# Which field of its item or part each text belongs to. Those that are not listed are ignored, whatever they are.
_TEXTS = {
    "response.output_text": ("text", "content"),
    "response.refusal": ("refusal", "content"),
    "response.reasoning_text": ("text", "content"),
    "response.reasoning_summary_text": ("text", "summary"),
    "response.function_call_arguments": ("arguments", "item"),
    "response.custom_tool_call_input": ("input", "item"),
    "response.mcp_call_arguments": ("arguments", "item"),
    "response.code_interpreter_call_code": ("code", "item"),
    "response.audio.transcript": ("transcript", "item"),
}


class ResponsesStream:
    """One stream of `responses`."""

    def __init__(self, max_text: int) -> None:
        self.budget = StreamBudget(max_text)
        self.error: Any = None
        self._items: dict[int, _Item] = {}
        self._snapshot: dict[str, Any] = {}
        self._final: Optional[dict[str, Any]] = None

    @property
    def is_complete(self) -> bool:
        return self._final is not None

    def add(self, event: Any) -> bool:
        """Takes one event in. True where it holds the first words for a reader."""
        kind = event.get("type") if isinstance(event, dict) else None
        if not isinstance(kind, str):
            self.error = (event.get("error") if isinstance(event, dict) else None) or self.error
            return False
        name, _, step = kind.rpartition(".")
        if name in _TEXTS:
            return self._add_text(name, step, event)
        if step == "delta":
            return isinstance(event.get("delta"), str)
        if kind in _TERMINAL:
            self._final = self._copy(event.get("response"))
        elif kind in _OPEN:
            self._snapshot = self._copy(event.get("response")) or self._snapshot
        elif kind in ("error", "response.error"):
            self.error = event.get("error") if isinstance(event.get("error"), dict) else event
        else:
            self._add_announced(kind, event)
        return False

    def result(self) -> dict[str, Any]:
        """What arrived so far, in the shape of the answer that is not streamed."""
        whole = self._final if self._final is not None else self._snapshot
        # Some servers end with an answer that has lost its output.
        if (self._final or {}).get("output"):
            return whole
        items = [self._items[index].result() for index in sorted(self._items)]
        return {**whole, "output": items} if items else whole

    def _add_announced(self, kind: str, event: dict[str, Any]) -> None:
        is_done = kind.endswith(".done")
        name = kind[len("response.") :].rpartition(".")[0]
        item = self._item_at(event.get("output_index")) if name in _ANNOUNCED else None
        if item is None:
            return
        if name == "output_item":
            item.announce(event.get("item"), is_done)
        elif name == "content_part":
            item.part_at("content", event.get("content_index")).announce(event.get("part"))
        elif name == "reasoning_summary_part":
            item.part_at("summary", event.get("summary_index")).announce(event.get("part"))
        elif not is_done:
            item.part_at("content", event.get("content_index")).push("annotations", [event.get("annotation")])

    def _add_text(self, name: str, step: str, event: dict[str, Any]) -> bool:
        """Some servers say a text at its end alone, without deltas."""
        field, place = _TEXTS[name]
        text = event.get("delta" if step == "delta" else field)
        if not isinstance(text, str):
            return step == "delta"
        item = self._item_at(event.get("output_index"))
        if item is not None:
            index = event.get("summary_index") if place == "summary" else event.get("content_index")
            owner = item.own if place == "item" else item.part_at(place, index)
            if step == "delta":
                owner.add_text(field, text)
            else:
                owner.announce({field: text})
        return text != ""

    def _item_at(self, index: Any) -> Optional[_Item]:
        at = index if isinstance(index, int) else 0
        if at not in self._items and self.budget.has_room(self._items):
            self._items[at] = _Item(self.budget)
        return self._items.get(at)

    def _copy(self, response: Any) -> Optional[dict[str, Any]]:
        """The answer so far, in one event: kept as one that was not streamed."""
        if not isinstance(response, dict):
            return None
        copier = Copier(self.budget.max_text)
        copy: dict[str, Any] = copier.copy(response)
        # What its pieces lost does not count once the whole is there.
        self.budget.is_truncated = copier.is_truncated
        return copy


_ANNOUNCED = frozenset(("output_item", "content_part", "reasoning_summary_part", "output_text.annotation"))


class _Item:
    def __init__(self, budget: StreamBudget) -> None:
        self.own = Growing(budget)
        self._budget = budget
        self._parts: dict[tuple[str, int], Growing] = {}

    def announce(self, fields: Any, is_done: bool) -> None:
        """An item that is done holds its parts; where there is no room for it, they are kept as they grew."""
        if self.own.announce(fields) and is_done:
            self._parts.clear()

    def part_at(self, place: str, index: Any) -> Growing:
        key = (place, index if isinstance(index, int) else 0)
        part = self._parts.get(key)
        if part is None:
            part = Growing(self._budget)
            if self._budget.has_room(self._parts):
                self._parts[key] = part
        return part

    def result(self) -> dict[str, Any]:
        item = self.own.result()
        for place in ("content", "summary"):
            parts = [_with_type(place, self._parts[key].result()) for key in sorted(self._parts) if key[0] == place]
            if parts:
                item[place] = parts
        if "type" not in item and item.get("content"):
            item["type"] = "message"
        return item


def _with_type(place: str, part: dict[str, Any]) -> dict[str, Any]:
    """A part that was never announced gets the type its text implies."""
    if "type" in part:
        return part
    kind = "summary_text" if place == "summary" else "refusal" if "refusal" in part else "output_text"
    return {"type": kind, **part}
