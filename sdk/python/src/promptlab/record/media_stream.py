"""Streams of pictures and transcriptions: what the events say ends in the fields of the answer without streaming."""

from __future__ import annotations

from typing import Any

from .growing import Growing, StreamBudget

# What only a streamed picture has.
_EVENT_FIELDS = frozenset(("type", "sequence_number", "partial_image_index"))


class MediaStream:
    """One stream of pictures or of a transcription."""

    def __init__(self, has_pictures: bool, max_text: int) -> None:
        self.budget = StreamBudget(max_text)
        self.error: Any = None
        self.is_complete = False
        self._has_pictures = has_pictures
        self._whole = Growing(self.budget)

    def add(self, event: Any) -> bool:
        """Takes one event in. True where it holds the first words for a reader."""
        kind = event.get("type") if isinstance(event, dict) else None
        if not isinstance(kind, str):
            self.error = (event.get("error") if isinstance(event, dict) else None) or self.error
            return False
        name = kind.rpartition(".")[2]
        if name == "delta":
            self._whole.add_text("text", event.get("delta"))
            return bool(event.get("delta") != "")
        if name == "segment":
            self._whole.push("segments", [event])
            return True
        if name in ("partial_image", "done", "completed"):
            self.is_complete = name != "partial_image"
            self._add_fields(event, self.is_complete)
            return True
        if name == "error":
            self.error = event.get("error") if isinstance(event.get("error"), dict) else event
        return False

    def result(self) -> dict[str, Any]:
        """What arrived so far, in the shape of the answer that is not streamed."""
        empty: dict[str, Any] = {"data": []} if self._has_pictures else {"text": ""}
        return {**empty, **self._whole.result()}

    def _add_fields(self, event: dict[str, Any], is_whole: bool) -> None:
        """A partial picture tells all about the one that is coming, but is not it."""
        for key, value in event.items():
            if key in _EVENT_FIELDS:
                continue
            if key != "b64_json":
                self._whole.set("created" if key == "created_at" else key, value)
            elif is_whole:
                self._whole.push("data", [{"b64_json": value}])
