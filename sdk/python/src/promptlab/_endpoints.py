"""The paths that call a model, and where each keeps its input. Nothing else is touched."""

from __future__ import annotations

from typing import Optional, Tuple


class Endpoint:
    """One kind of call. `kind`: how its answer and its stream are read. `input`: what holds what is sent to the model."""

    __slots__ = ("input", "kind", "name")

    def __init__(self, name: str, kind: str, inputs: Tuple[str, ...]) -> None:
        # As records name it, such as `chat.completions`.
        self.name = name
        self.kind = kind
        self.input = inputs


ENDPOINTS = {
    "/chat/completions": Endpoint("chat.completions", "chat", ("messages",)),
    "/completions": Endpoint("completions", "completion", ("prompt",)),
    "/responses": Endpoint("responses", "responses", ("input",)),
    "/responses/compact": Endpoint("responses.compact", "responses", ("input",)),
    "/embeddings": Endpoint("embeddings", "embeddings", ("input",)),
    "/moderations": Endpoint("moderations", "moderation", ("input",)),
    "/images/generations": Endpoint("images.generate", "images", ("prompt",)),
    "/images/edits": Endpoint("images.edit", "images", ("prompt", "image", "mask")),
    "/images/variations": Endpoint("images.createVariation", "images", ("image",)),
    "/audio/transcriptions": Endpoint("audio.transcriptions", "transcription", ("file", "prompt")),
    "/audio/translations": Endpoint("audio.translations", "transcription", ("file", "prompt")),
    "/audio/speech": Endpoint("audio.speech", "speech", ("input",)),
}
# The beta resources say so in the query; beta is no endpoint of its own.
ENDPOINTS.update({f"{path}?beta=true": endpoint for path, endpoint in list(ENDPOINTS.items())})
# The clients of Groq and Cerebras have in the path what `openai` has in the base URL.
ENDPOINTS.update(
    {f"{head}{path}": endpoint for path, endpoint in list(ENDPOINTS.items()) for head in ("/v1", "/openai/v1")}
)

# For requests about an earlier answer, which are recorded only where they end a background response.
POLL = Endpoint("responses", "responses", ())

_RESPONSES = "/responses/"


def polled_id(url: str, method: str) -> Optional[str]:
    """The response that a request asks about or cancels, or None where it does neither."""
    if not url.startswith(_RESPONSES):
        return None
    parts = url[len(_RESPONSES) :].partition("?")[0].split("/")
    is_poll = len(parts) == 1 and method == "get" or len(parts) == 2 and parts[1] == "cancel"
    return parts[0] if is_poll and parts[0] else None
