"""One small application, recorded by the instrumentation whose name is given. `collect.py` starts it."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable

from frameworks import call_agno, call_crewai, call_llamaindex
from providers import call_anthropic, call_bedrock, call_gemini
from scenario import QUESTION, RESULT, SYSTEM, in_app_span, provide

TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


def call_openai(client: Any) -> None:
    """A chat, a call of a tool and its result, a stream, a failed call, an embedding."""
    asked = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    client.chat.completions.create(model="gpt-4o-mini", messages=asked, temperature=0.2, max_tokens=100)
    first = client.chat.completions.create(model="gpt-4o-mini", messages=asked, tools=TOOLS)
    call = first.choices[0].message.tool_calls[0]
    made = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.function.name, "arguments": call.function.arguments},
            }
        ],
    }
    given = {"role": "tool", "tool_call_id": call.id, "content": RESULT}
    client.chat.completions.create(model="gpt-4o-mini", messages=[*asked, made, given], tools=TOOLS)
    pieces = client.chat.completions.create(
        model="gpt-4.1-mini", messages=asked, stream=True, stream_options={"include_usage": True}
    )
    for _ in pieces:
        pass
    try:
        client.chat.completions.create(model="status-429", messages=asked)
    except Exception as error:  # The instrumentation has to see it.
        print(type(error).__name__)
    client.embeddings.create(model="text-embedding-3-small", input=QUESTION)


def call_responses(client: Any) -> None:
    """A call of the endpoint `responses`: thoughts and words, and a picture that is asked about."""
    picture = {"type": "input_image", "image_url": "https://example.com/paris.png"}
    client.responses.create(
        model="o4-mini",
        instructions=SYSTEM,
        input=[{"role": "user", "content": [{"type": "input_text", "text": QUESTION}, picture]}],
        max_output_tokens=100,
    )


def calls() -> Callable[[Any], None]:
    """By the name of the emitter."""
    return call_responses if "-responses-" in sys.argv[1] else call_openai


def openai_client() -> Any:
    from openai import OpenAI

    return OpenAI(max_retries=0)


def call_langchain(config: dict[str, Any]) -> None:
    """A chain of a prompt, a model and a parser; then an agent with a tool."""
    from langchain.agents import create_agent
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI

    @tool
    def get_weather(city: str) -> str:
        """The weather in a city."""
        return RESULT

    prompt = ChatPromptTemplate.from_messages([("system", SYSTEM), ("user", "{question}")])
    model = ChatOpenAI(model="gpt-4o-mini", temperature=0.2, max_retries=0)
    (prompt | model | StrOutputParser()).invoke({"question": QUESTION}, config=config)
    agent = create_agent(ChatOpenAI(model="gpt-4o-mini", max_retries=0), [get_weather], system_prompt=SYSTEM, name="weather_agent")
    agent.invoke({"messages": [{"role": "user", "content": QUESTION}]}, config=config)
    try:
        ChatOpenAI(model="status-429", max_retries=0).invoke(QUESTION, config=config)
    except Exception as error:
        print(type(error).__name__)


def traceloop_openai() -> None:
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    traces, logs = provide()
    OpenAIInstrumentor().instrument(tracer_provider=traces, logger_provider=logs)
    in_app_span(lambda: calls()(openai_client()))
    traces.shutdown()
    logs.shutdown()


def otel_openai() -> None:
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    traces, logs = provide()
    OpenAIInstrumentor().instrument(tracer_provider=traces, logger_provider=logs)
    in_app_span(lambda: call_openai(openai_client()))
    traces.shutdown()
    logs.shutdown()


def otel_openai_old() -> None:
    """Its events go by a provider of their own, which later versions of the SDK do not have any more."""
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    traces, logs = provide()
    try:
        from opentelemetry import _events
        from opentelemetry.sdk._events import EventLoggerProvider

        _events.set_event_logger_provider(EventLoggerProvider(logger_provider=logs))
    except ImportError:
        pass
    OpenAIInstrumentor().instrument(tracer_provider=traces)
    in_app_span(lambda: call_openai(openai_client()))
    traces.shutdown()
    logs.shutdown()


def otel_openai_latest() -> None:
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "span_and_event"
    otel_openai()


def openinference_openai() -> None:
    from openinference.instrumentation import using_attributes
    from openinference.instrumentation.openai import OpenAIInstrumentor

    traces, _ = provide()
    OpenAIInstrumentor().instrument(tracer_provider=traces)
    with using_attributes(session_id="chat-7", user_id="user-42", tags=["beta", "team:search"], metadata={"plan": "pro"}):
        in_app_span(lambda: calls()(openai_client()))
    traces.shutdown()


def openinference_langchain() -> None:
    from openinference.instrumentation import using_attributes
    from openinference.instrumentation.langchain import LangChainInstrumentor

    traces, _ = provide()
    LangChainInstrumentor().instrument(tracer_provider=traces)
    with using_attributes(session_id="chat-7", user_id="user-42"):
        call_langchain({})
    traces.shutdown()


def traceloop_langchain() -> None:
    from opentelemetry.instrumentation.langchain import LangchainInstrumentor

    traces, _ = provide()
    LangchainInstrumentor().instrument(tracer_provider=traces)
    call_langchain({"metadata": {"session_id": "chat-7", "user_id": "user-42"}})
    traces.shutdown()


def pydantic_ai() -> None:
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel

    traces, _ = provide()
    Agent.instrument_all()
    agent = Agent(OpenAIChatModel("gpt-4o-mini"), system_prompt=SYSTEM, name="weather_agent")

    @agent.tool_plain
    def get_weather(city: str) -> dict[str, Any]:
        """The weather in a city."""
        return {"sky": "clear", "degrees": 24}

    agent.run_sync(QUESTION)
    traces.shutdown()


def openai_agents() -> None:
    from agents import Agent, Runner, function_tool, set_default_openai_api
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

    traces, _ = provide()
    OpenAIAgentsInstrumentor().instrument(tracer_provider=traces)
    set_default_openai_api("chat_completions")

    @function_tool
    def get_weather(city: str) -> str:
        """The weather in a city."""
        return RESULT

    agent = Agent(name="weather_agent", instructions=SYSTEM, tools=[get_weather], model="gpt-4o-mini")
    Runner.run_sync(agent, QUESTION)
    traces.shutdown()


def record(instrumentor: Any, work: Callable[[], None], person: bool = False) -> None:
    """Runs the calls under one instrumentation; OpenInference says whose they are."""
    traces, logs = provide()
    providers = {"tracer_provider": traces, "logger_provider": logs}
    instrumentor.instrument(**providers)
    if person:
        from openinference.instrumentation import using_attributes

        with using_attributes(session_id="chat-7", user_id="user-42"):
            in_app_span(work)
    else:
        in_app_span(work)
    traces.shutdown()
    logs.shutdown()


def anthropic_sdk() -> None:
    """The client of Anthropic makes spans of its own, wherever the program has a provider."""
    os.environ["ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE"] = "content"
    traces, _ = provide()
    in_app_span(call_anthropic)
    traces.shutdown()


def traceloop_anthropic() -> None:
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

    record(AnthropicInstrumentor(), call_anthropic)


def openinference_anthropic() -> None:
    from openinference.instrumentation.anthropic import AnthropicInstrumentor

    record(AnthropicInstrumentor(), call_anthropic, person=True)


def otel_gemini() -> None:
    from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor

    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "span_and_event"
    record(GoogleGenAiSdkInstrumentor(), call_gemini)


def traceloop_gemini() -> None:
    from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor

    record(GoogleGenerativeAiInstrumentor(), call_gemini)


def openinference_gemini() -> None:
    from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor

    record(GoogleGenAIInstrumentor(), call_gemini, person=True)


def otel_bedrock() -> None:
    from opentelemetry.instrumentation.botocore import BotocoreInstrumentor

    record(BotocoreInstrumentor(), call_bedrock)


def traceloop_bedrock() -> None:
    from opentelemetry.instrumentation.bedrock import BedrockInstrumentor

    record(BedrockInstrumentor(), call_bedrock)


def openinference_bedrock() -> None:
    from openinference.instrumentation.bedrock import BedrockInstrumentor

    record(BedrockInstrumentor(), call_bedrock, person=True)


def traceloop_llamaindex() -> None:
    """As the SDK of OpenLLMetry does, with the instrumentation of the client that the framework calls."""
    from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument()
    record(LlamaIndexInstrumentor(), call_llamaindex)


def openinference_llamaindex() -> None:
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

    record(LlamaIndexInstrumentor(), call_llamaindex, person=True)


def traceloop_crewai() -> None:
    from opentelemetry.instrumentation.crewai import CrewAIInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument()
    record(CrewAIInstrumentor(), call_crewai)


def openinference_crewai() -> None:
    """It records the steps alone: the calls are those of the client's own instrumentation."""
    from openinference.instrumentation.crewai import CrewAIInstrumentor
    from openinference.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument()
    record(CrewAIInstrumentor(), call_crewai, person=True)


def openinference_agno() -> None:
    from openinference.instrumentation.agno import AgnoInstrumentor

    record(AgnoInstrumentor(), call_agno, person=True)


def langfuse_openai() -> None:
    from langfuse import get_client, propagate_attributes
    from langfuse.openai import OpenAI

    langfuse = get_client()
    with langfuse.start_as_current_observation(as_type="span", name="answer-question", input={"question": QUESTION}) as span:
        with propagate_attributes(user_id="user-42", session_id="chat-7", tags=["beta", "team:search"], metadata={"plan": "pro"}):
            calls()(OpenAI(max_retries=0))
            with langfuse.start_as_current_observation(as_type="tool", name="get_weather", input={"city": "Paris"}) as tool:
                tool.update(output=RESULT)
        span.update(output="It is sunny in Paris, 24 degrees.")
    langfuse.flush()
    langfuse.shutdown()


def langfuse_langchain() -> None:
    from langfuse import get_client
    from langfuse.langchain import CallbackHandler

    about = {"langfuse_user_id": "user-42", "langfuse_session_id": "chat-7", "langfuse_tags": ["beta"]}
    call_langchain({"callbacks": [CallbackHandler()], "metadata": about})
    get_client().flush()
    get_client().shutdown()


EMITTERS = {
    "traceloop-openai-py": traceloop_openai,
    "traceloop-openai-old-py": traceloop_openai,
    "traceloop-responses-py": traceloop_openai,
    "openinference-responses-py": openinference_openai,
    "langfuse-responses-py": langfuse_openai,
    "otel-openai-py": otel_openai,
    "otel-openai-old-py": otel_openai_old,
    "otel-openai-latest-py": otel_openai_latest,
    "openinference-openai-py": openinference_openai,
    "openinference-langchain-py": openinference_langchain,
    "traceloop-langchain-py": traceloop_langchain,
    "langfuse-openai-py": langfuse_openai,
    "pydantic-ai-py": pydantic_ai,
    "openinference-agents-py": openai_agents,
    "langfuse-langchain-py": langfuse_langchain,
    "anthropic-sdk-py": anthropic_sdk,
    "traceloop-anthropic-py": traceloop_anthropic,
    "openinference-anthropic-py": openinference_anthropic,
    "otel-gemini-py": otel_gemini,
    "traceloop-gemini-py": traceloop_gemini,
    "openinference-gemini-py": openinference_gemini,
    "otel-bedrock-py": otel_bedrock,
    "traceloop-bedrock-py": traceloop_bedrock,
    "openinference-bedrock-py": openinference_bedrock,
    "traceloop-llamaindex-py": traceloop_llamaindex,
    "openinference-llamaindex-py": openinference_llamaindex,
    "traceloop-crewai-py": traceloop_crewai,
    "openinference-crewai-py": openinference_crewai,
    "openinference-agno-py": openinference_agno,
}

if __name__ == "__main__":
    EMITTERS[sys.argv[1]]()
