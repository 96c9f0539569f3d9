"""The events of one stream, put together as they come."""

from __future__ import annotations

import json
from typing import Any, Union

from .base64 import cut_data_urls
from .chat_stream import ChatStream
from .media_stream import MediaStream
from .responses_stream import ResponsesStream

# From this size on a look for pictures in the text is cheaper than to parse them.
_LARGE = 20_000


class Fold:
    """Takes the texts of events, and gives the answer that the call without streaming had given."""

    __slots__ = ("assembler", "is_json")

    def __init__(self, kind: str, max_text: int) -> None:
        self.assembler: Union[ChatStream, ResponsesStream, MediaStream]
        if kind == "chat":
            self.assembler = ChatStream("chat.completion", max_text)
        elif kind == "completion":
            self.assembler = ChatStream("text_completion", max_text)
        elif kind == "responses":
            self.assembler = ResponsesStream(max_text)
        else:
            self.assembler = MediaStream(kind == "images", max_text)

    def add(self, data: str) -> bool:
        """Takes the text of one event. True where it holds the first words for a reader."""
        if data.startswith("[DONE]"):
            return False
        try:
            event: Any = json.loads(cut_data_urls(data.encode("utf-8", "replace")) if len(data) > _LARGE else data)
        except (ValueError, RecursionError):
            return False
        return self.assembler.add(event)


def read_events(body: bytes, fold: Fold) -> None:
    """The events of a body that the caller read himself, as server-sent events have them."""
    lines: list[str] = []
    for line in body.decode("utf-8", "replace").splitlines():
        if line.startswith("data:"):
            lines.append(line[5:].lstrip(" "))
        elif not line and lines:
            fold.add("\n".join(lines))
            lines = []
