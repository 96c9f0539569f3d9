"""What all applications ask for, and what exports it."""

from __future__ import annotations

from typing import Any, Callable

SYSTEM = "You answer in one sentence."
QUESTION = "What is the weather in Paris?"
RESULT = '{"sky":"clear","degrees":24}'


def provide() -> tuple[Any, Any]:
    """Providers of traces and logs that export as the environment says."""
    from opentelemetry import _logs, trace
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    traces = TracerProvider()
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(traces)
    logs = LoggerProvider()
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    _logs.set_logger_provider(logs)
    return traces, logs


def in_app_span(work: Callable[[], None]) -> None:
    """As an application has it: a span of its own around the calls, and one of HTTP in front."""
    from opentelemetry import trace

    tracer = trace.get_tracer("weather-app")
    with tracer.start_as_current_span("GET /weather", attributes={"http.request.method": "GET", "url.path": "/weather"}):
        work()
