"""Token counts of every endpoint in one vocabulary. Totals as given, parts beside them; missing stays missing."""

from __future__ import annotations

from typing import Any, Optional

from .clean import clean_count, is_number


def read_usage(usage: Any) -> dict[str, int]:
    """Reads `usage` of chat, legacy completions, responses, embeddings, images and transcriptions."""
    if not isinstance(usage, dict):
        return {}
    given = usage.get
    inputs = _first(given("prompt_tokens_details"), given("input_tokens_details"), given("input_token_details"))
    outputs = _first(given("completion_tokens_details"), given("output_tokens_details"), given("output_token_details"))
    inputs = inputs if isinstance(inputs, dict) else {}
    outputs = outputs if isinstance(outputs, dict) else {}
    found = {
        "input_tokens": _first(given("prompt_tokens"), given("input_tokens")),
        "output_tokens": _output_tokens(usage, outputs),
        "cached_input_tokens": _first(
            inputs.get("cached_tokens"), given("prompt_cache_hit_tokens"), given("cache_read_input_tokens")
        ),
        "cache_write_tokens": _first(inputs.get("cache_write_tokens"), given("cache_creation_input_tokens")),
        "reasoning_tokens": outputs.get("reasoning_tokens"),
        "audio_input_tokens": inputs.get("audio_tokens"),
        "audio_output_tokens": outputs.get("audio_tokens"),
    }
    counts = {name: clean_count(value) for name, value in found.items()}
    return {name: count for name, count in counts.items() if count is not None}


def _output_tokens(usage: dict[str, Any], outputs: dict[str, Any]) -> Any:
    """xAI counts thoughts beside the output and not in it; its total tells. Thoughts are never more than the output."""
    count = _first(usage.get("completion_tokens"), usage.get("output_tokens"))
    output, reasoning = clean_count(count), clean_count(outputs.get("reasoning_tokens"))
    if output is None or not reasoning:
        return count
    total = clean_count(usage.get("total_tokens"))
    given = clean_count(_first(usage.get("prompt_tokens"), usage.get("input_tokens")))
    if total is not None and given is not None and total == given + output + reasoning:
        return output + reasoning
    return max(output, reasoning)


def read_cost(usage: Any) -> Optional[str]:
    """What the provider itself says the call cost, in US dollars (OpenRouter)."""
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if isinstance(cost, str):
        try:
            cost = float(cost)
        except ValueError:
            return None
    if not is_number(cost) or not 0 <= cost < 1_000_000:
        return None
    # Plain digits, as the contract wants them: Python writes 2e-05.
    return f"{cost:.12f}".rstrip("0").rstrip(".")


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
