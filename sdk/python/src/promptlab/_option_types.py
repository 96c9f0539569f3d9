"""The options beside `api_key` and `base_url`, for type checkers only. What they mean is in docs/sdk-python.md."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from typing_extensions import Literal, TypedDict

from ._errors import PromptLabError
from .delivery.transport import Request, Response


class Options(TypedDict, total=False):
    enabled: Optional[bool]
    environment: Optional[str]
    release: Optional[str]
    tags: Optional[Mapping[str, str]]
    provider: Optional[str]
    sample_rate: float
    keep_errors: bool
    capture_input: bool
    capture_output: bool
    capture_embeddings: bool
    mask: Optional[Callable[[Any], Any]]
    stream_usage: Literal["auto", "always", "never"]
    keep_tags_on_wire: bool
    field_bytes: int
    record_bytes: int
    queue_records: int
    queue_bytes: int
    batch_records: int
    batch_bytes: int
    batch_interval: float
    request_timeout: float
    max_attempts: int
    gzip_above_bytes: float
    transport: Optional[Callable[[Request], Response]]
    flush_on_exit: bool
    exit_timeout: float
    flush_on_signal: bool
    on_error: Optional[Callable[[PromptLabError], Any]]
    debug: bool
