import type { OtelGuide, OtelStep } from './otelGuides.ts';
import { environmentStep, langfuseStep, pipStep, runStep, traceloopStep } from './otelSteps.ts';
import type { SnippetTarget } from './snippets.ts';

const FILE = 'first_call.py';

const PROVIDER_IMPORTS = `from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor`;

const PROVIDER = `# Reads from the environment where to send, and with which key.
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))`;

const OPENAI_CALL = `completion = OpenAI().chat.completions.create(
    model="gpt-4.1-mini",
    messages=[{"role": "user", "content": "Say hello to PromptLab."}],
)
print(completion.choices[0].message.content)`;

const OTEL_PYTHON = ['opentelemetry-sdk', 'opentelemetry-exporter-otlp-proto-http'] as const;

function codeStep(code: string): OtelStep {
  return {
    text: `Save as ${FILE}. In your own program, the part before the call goes where the program begins.`,
    code,
    language: 'python',
    label: 'Python that logs a call',
  };
}

/** The guides for Python. */
export function pythonGuides(target: SnippetTarget) {
  return {
    langChainPython: {
      id: 'langchain-python',
      title: 'LangChain Python',
      about: 'Chains, agents, tools, retrievers and model calls of LangChain and LangGraph.',
      steps: [
        pipStep('langchain', 'langchain-openai', 'openinference-instrumentation-langchain', ...OTEL_PYTHON),
        environmentStep(target),
        codeStep(`from langchain.agents import create_agent
from openinference.instrumentation.langchain import LangChainInstrumentor
${PROVIDER_IMPORTS}

${PROVIDER}
LangChainInstrumentor().instrument(tracer_provider=provider)


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"It is sunny in {city}."


agent = create_agent("openai:gpt-4.1-mini", tools=[get_weather], name="weather-agent")
answer = agent.invoke(
    {"messages": [{"role": "user", "content": "What is the weather in Oslo?"}]},
    config={"metadata": {"session_id": "session-1"}},
)
print(answer["messages"][-1].content)`),
        runStep(`python ${FILE}`),
      ],
    },
    openInferencePython: {
      id: 'openinference-python',
      title: 'OpenInference Python',
      about:
        'Calls of the OpenAI client. The instrumentations of OpenInference for LlamaIndex, CrewAI, DSPy and others are set up alike.',
      steps: [
        pipStep('openai', 'openinference-instrumentation-openai', ...OTEL_PYTHON),
        environmentStep(target),
        codeStep(`from openai import OpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor
${PROVIDER_IMPORTS}

${PROVIDER}
OpenAIInstrumentor().instrument(tracer_provider=provider)

${OPENAI_CALL}`),
        runStep(`python ${FILE}`),
      ],
    },
    openLlmetryPython: {
      id: 'openllmetry-python',
      title: 'OpenLLMetry Python',
      about: 'Calls of OpenAI, Anthropic, Bedrock, LangChain, LlamaIndex and others, and workflows of your own.',
      steps: [
        {
          ...pipStep(),
          text: 'Install, in a virtual environment. It needs httpx, which openai 3 no longer brings; pip alone searches for minutes for versions that fit.',
          code: 'pip install uv && uv pip install openai traceloop-sdk httpx',
        },
        traceloopStep(target),
        codeStep(`from openai import OpenAI
from traceloop.sdk import Traceloop

Traceloop.init(app_name="my-app")

${OPENAI_CALL}`),
        runStep(`python ${FILE}`),
      ],
    },
    langfusePython: {
      id: 'langfuse-python',
      title: 'Langfuse Python',
      about: 'What the Langfuse SDK (v3 and v4) traces. Its prompts and scores are not part of OpenTelemetry.',
      steps: [
        pipStep('openai', 'langfuse'),
        langfuseStep(target),
        codeStep(`from langfuse.openai import OpenAI

${OPENAI_CALL}`),
        runStep(`python ${FILE}`),
      ],
    },
    otelPython: {
      id: 'python',
      title: 'OpenTelemetry Python',
      about: 'Calls of the OpenAI client, without a line of code.',
      steps: [
        pipStep(
          'openai',
          'opentelemetry-distro',
          'opentelemetry-exporter-otlp-proto-http',
          'opentelemetry-instrumentation-genai-openai',
        ),
        environmentStep(
          target,
          'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
          'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY',
        ),
        {
          text: `Save as ${FILE}. Nothing in it knows of OpenTelemetry.`,
          code: `from openai import OpenAI

${OPENAI_CALL}`,
          language: 'python',
          label: 'Python that makes a call',
        },
        runStep(`opentelemetry-instrument python ${FILE}`),
      ],
    },
  } satisfies Record<string, OtelGuide>;
}
