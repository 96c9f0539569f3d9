"""Records the calls an application makes to large language models, in the background, without changing them.

from openai import OpenAI
from promptlab import track

client = track(OpenAI(), api_key="pl_live_…", base_url="http://localhost:8000")
"""

from ._default import (
    aflush,
    ashutdown,
    context,
    flush,
    get_request_url,
    shutdown,
    span,
    stats,
    trace,
    track,
)
from ._errors import PromptLabError
from ._lab import DeliveryStats, FlushResult, PromptLab, ShutdownResult
from ._trace import Trace, current_trace
from ._version import VERSION as __version__
from .delivery.transport import Request, Response

__all__ = [
    "DeliveryStats",
    "FlushResult",
    "PromptLab",
    "PromptLabError",
    "Request",
    "Response",
    "ShutdownResult",
    "Trace",
    "__version__",
    "aflush",
    "ashutdown",
    "context",
    "current_trace",
    "flush",
    "get_request_url",
    "shutdown",
    "span",
    "stats",
    "trace",
    "track",
]
