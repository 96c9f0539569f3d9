"""Who runs the model, by the host of the client's base URL."""

from __future__ import annotations

import re
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

# The first API version of Azure that takes `stream_options`.
_FIRST_STREAM_USAGE = "2024-09-01"
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


class Provider:
    """What the address of a client tells."""

    __slots__ = ("host", "is_azure", "name", "reports_stream_usage")

    def __init__(self, base_url: Any, *, api_version: Any, given: Optional[str], query_version: Any = None) -> None:
        """`api_version`: only Azure's clients have one of their own; others may have it in their query."""
        address = urlsplit(str(base_url))
        hostname = (address.hostname or "").lower()
        owner = next((name for domain, name in _HOSTS if hostname == domain or hostname.endswith("." + domain)), None)
        self.host = address.netloc.rpartition("@")[2] or None
        # An address of one's own in front of Azure: only its client has an API version.
        self.is_azure = owner == "azure" or api_version is not None
        self.name = given or owner or ("azure" if self.is_azure else self.host) or "unknown"
        # `stream_options.include_usage` is known to be understood.
        self.reports_stream_usage = owner == "openai" or (
            owner == "azure" and not _is_before_stream_usage(api_version or query_version)
        )


def _is_before_stream_usage(api_version: Any) -> bool:
    """Azure refuses `stream_options` in its older API versions. Without a version it is the new API, which is like OpenAI's."""
    is_dated = isinstance(api_version, str) and _DATED.match(api_version) is not None
    return is_dated and api_version < _FIRST_STREAM_USAGE
