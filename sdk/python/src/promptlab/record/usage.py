"""Token counts of every endpoint in one vocabulary. Totals as given, parts beside them; missing stays missing."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Optional

from .clean import clean_count, is_number

_DECIMAL = re.compile(r"\d+(?:\.\d+)?\Z")


def read_usage(usage: Any, has_output: bool = False) -> dict[str, int]:
    """Reads `usage` of chat, legacy completions, responses, embeddings, images and transcriptions.

    `has_output`: calls of this kind have output tokens, also where they are not reported.
    """
    if not isinstance(usage, dict):
        return {}
    given = usage.get
    inputs = _first(
        given("prompt_tokens_details"), given("input_tokens_details"), given("input_token_details"),
        given("prompt_token_details"),
    )  # fmt: skip
    outputs = _first(given("completion_tokens_details"), given("output_tokens_details"), given("output_token_details"))
    inputs = inputs if isinstance(inputs, dict) else {}
    outputs = outputs if isinstance(outputs, dict) else {}
    found = {
        "input_tokens": _first(given("prompt_tokens"), given("input_tokens")),
        "output_tokens": _first(given("completion_tokens"), given("output_tokens")),
        "cached_input_tokens": _first(
            inputs.get("cached_tokens"), given("prompt_cache_hit_tokens"), given("cache_read_input_tokens"),
            given("cached_tokens"), given("num_cached_tokens"),
        ),
        "cache_write_tokens": _first(
            inputs.get("cache_write_tokens"), inputs.get("cache_creation_tokens"),
            inputs.get("cache_creation_input_tokens"), given("cache_creation_input_tokens"),
        ),
        "reasoning_tokens": _first(outputs.get("reasoning_tokens"), given("reasoning_tokens")),
        "audio_input_tokens": inputs.get("audio_tokens"),
        "audio_output_tokens": outputs.get("audio_tokens"),
    }  # fmt: skip
    cleaned = {name: clean_count(value) for name, value in found.items()}
    counts = {name: count for name, count in cleaned.items() if count is not None}
    _include_cache(counts, usage)
    _include_reasoning(counts, clean_count(given("total_tokens")), has_output)
    return counts


def _include_cache(counts: dict[str, int], usage: dict[str, Any]) -> None:
    """Anthropic's own names stand beside the input that was not cached; gateways that count as OpenAI does have it in the input."""
    given = counts.get("input_tokens")
    if given is None:
        return
    names = ("cache_read_input_tokens", "cache_creation_input_tokens")
    cached = sum(clean_count(usage.get(name)) or 0 for name in names)
    total = clean_count(usage.get("total_tokens"))
    is_beside = cached > given if total is None else total == given + cached + counts.get("output_tokens", 0)
    if cached > 0 and is_beside:
        counts["input_tokens"] = given + cached


def _include_reasoning(counts: dict[str, int], total: Optional[int], has_output: bool) -> None:
    """OpenAI counts thinking as a part of the output. xAI counts it beside the output, and Gemini's compatible endpoint in
    the total alone; what is neither input nor output of the total was thought."""
    given, reasoning = counts.get("input_tokens"), counts.get("reasoning_tokens", 0)
    output = counts.get("output_tokens", 0)
    is_output = has_output or "output_tokens" in counts or reasoning > 0
    if is_output and given is not None and total is not None and total > given + output:
        counts["output_tokens"] = total - given
    elif reasoning > output:
        counts["output_tokens"] = output + reasoning


_COSTS = frozenset(("cost", "cost_in_usd_ticks", "estimated_cost", "total_cost"))
# xAI counts in ten-billionths of a dollar.
_TICKS = 10_000_000_000
_MOST_DOLLARS = 1_000_000


def read_cost(usage: Any) -> Optional[str]:
    """What the provider itself says the call cost, in US dollars: OpenRouter, Vercel, Perplexity, xAI, DeepInfra."""
    if not isinstance(usage, dict) or _COSTS.isdisjoint(usage) or usage.get("currency") not in (None, "USD"):
        return None
    ticks = usage.get("cost_in_usd_ticks")
    found: tuple[Optional[str], ...] = (
        _to_decimal(_dollars_of(usage.get("cost"), usage)),
        _to_decimal(Decimal(ticks) / _TICKS) if isinstance(ticks, int) and not isinstance(ticks, bool) else None,
        _to_decimal(usage.get("estimated_cost")),
        _to_decimal(usage.get("total_cost")),
    )
    return next((dollars for dollars in found if dollars is not None), None)


def _dollars_of(cost: Any, usage: dict[str, Any]) -> Any:
    """OpenRouter, Vercel: a number. Perplexity: an object with the total."""
    if isinstance(cost, dict):
        return cost.get("total_cost") if cost.get("currency") in (None, "USD") else None
    if usage.get("is_byok") is not True:
        return cost
    # With a key of one's own OpenRouter bills its fee, and the provider the call.
    details, own = usage.get("cost_details"), _to_decimal(cost)
    upstream = _to_decimal(details.get("upstream_inference_cost")) if isinstance(details, dict) else None
    return None if own is None or upstream is None else Decimal(own) + Decimal(upstream)


def _to_decimal(value: Any) -> Optional[str]:
    """Plain digits, as the contract wants them: Python writes 2e-05."""
    if isinstance(value, str):
        if not _DECIMAL.match(value.strip()):
            return None
        value = Decimal(value.strip())
    elif is_number(value):
        value = Decimal(repr(value)) if value == value else None
    if not isinstance(value, Decimal) or not 0 <= value < _MOST_DOLLARS:
        return None
    text = f"{value:.12f}"
    return text.rstrip("0").rstrip(".")


def _first(*values: Any) -> Any:
    for value in values:
        if value is not None:
            return value
    return None
