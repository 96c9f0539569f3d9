"""How each library is put around a client, as its own documentation has it, with batches that a thread of its own sends to `collector`."""

from __future__ import annotations

import os
from typing import Any, Callable, NamedTuple

class Wrapper(NamedTuple):
    """Makes clients, and wraps them where that is a step of its own."""

    openai: Any
    async_openai: Any
    wrap: Callable[[Any], Any]


def load_wrapper(name: str, collector: str, **lab_options: Any) -> Wrapper:
    """Imports the library and sets it up; `lab_options` are those of PromptLab."""
    import openai

    if name == "raw":
        return Wrapper(openai.OpenAI, openai.AsyncOpenAI, lambda client: client)
    if name == "promptlab":
        import promptlab

        lab = promptlab.PromptLab(api_key="pl", base_url=collector, exit_timeout=0, **lab_options)
        return Wrapper(openai.OpenAI, openai.AsyncOpenAI, lab.track)
    if name == "langfuse":
        os.environ.update(LANGFUSE_PUBLIC_KEY="pk-lf-x", LANGFUSE_SECRET_KEY="sk-lf-x")
        os.environ.update(LANGFUSE_HOST=collector, LANGFUSE_BASE_URL=collector)
        from langfuse.openai import AsyncOpenAI, OpenAI

        return Wrapper(OpenAI, AsyncOpenAI, lambda client: client)
    if name == "langsmith":
        os.environ.update(LANGSMITH_TRACING="true", LANGSMITH_API_KEY="x", LANGSMITH_ENDPOINT=collector)
        from langsmith.wrappers import wrap_openai

        return Wrapper(openai.OpenAI, openai.AsyncOpenAI, wrap_openai)
    if name == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor
        from opentelemetry.sdk.trace import TracerProvider

        provider = TracerProvider()
        provider.add_span_processor(batches_to(collector))
        OpenAIInstrumentor().instrument(tracer_provider=provider)
        return Wrapper(openai.OpenAI, openai.AsyncOpenAI, lambda client: client)
    if name == "logfire":
        import logfire

        logfire.configure(send_to_logfire=False, console=False, additional_span_processors=[batches_to(collector)])

        def wrap(client: Any) -> Any:
            logfire.instrument_openai(client)
            return client

        return Wrapper(openai.OpenAI, openai.AsyncOpenAI, wrap)
    raise ValueError(name)


def batches_to(collector: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{collector}/v1/traces"))
