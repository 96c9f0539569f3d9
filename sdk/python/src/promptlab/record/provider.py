"""Who runs the model, by the host of the client's base URL."""

from __future__ import annotations

from typing import Any, Optional
from urllib.parse import urlsplit

_HOSTS = (
    ("openai.com", "openai"),
    ("openai.azure.com", "azure"),
    ("cognitiveservices.azure.com", "azure"),
    ("services.ai.azure.com", "azure"),
    ("openrouter.ai", "openrouter"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.mistral.ai", "mistral"),
    ("api.together.xyz", "together"),
    ("api.together.ai", "together"),
    ("googleapis.com", "google"),
    ("api.anthropic.com", "anthropic"),
    ("api.x.ai", "x-ai"),
    ("api.fireworks.ai", "fireworks"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cerebras.ai", "cerebras"),
    ("api.cohere.ai", "cohere"),
    ("api.cohere.com", "cohere"),
    ("api.moonshot.ai", "moonshotai"),
    ("router.huggingface.co", "huggingface"),
    ("amazonaws.com", "aws"),
)


class Provider:
    """What the address of a client tells."""

    __slots__ = ("host", "name", "reports_stream_usage")

    def __init__(self, base_url: Any, *, is_azure: bool, given: Optional[str]) -> None:
        address = urlsplit(str(base_url))
        hostname = (address.hostname or "").lower()
        owner = next((name for domain, name in _HOSTS if hostname == domain or hostname.endswith("." + domain)), None)
        self.host = address.netloc.rpartition("@")[2] or None
        # An address of one's own in front of Azure: only its client has an API version.
        self.name = given or owner or ("azure" if is_azure else self.host) or "unknown"
        # `stream_options.include_usage` is known to be understood.
        self.reports_stream_usage = owner in ("openai", "azure")
