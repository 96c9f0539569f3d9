"""What type checkers must accept, in strict mode."""

from __future__ import annotations

from openai import AsyncOpenAI, AzureOpenAI, OpenAI, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from promptlab import PromptLab, current_trace, flush, get_request_url, span, stats, trace, track

client = track(OpenAI(), api_key="pl_live_x", base_url="http://localhost:8000", sample_rate=0.5, tags={"env": "prod"})
plain: OpenAI = client
whole: ChatCompletion = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Hi"}],
    prompt_slug="greeting",
    trace_id="t",
    tags={"a": "b"},
)
stream: Stream[ChatCompletionChunk] = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Hi"}],
    stream=True,
    promptlab={"slug": "s", "log": False},
)
said: str = client.responses.create(model="m", input="x", tags={"a": "b"}).output_text
events = client.responses.create(model="m", input="x", stream=True, prompt_slug="s")
first: str = next(iter(events)).type
client.embeddings.create(model="m", input="x", prompt_version=3, timeout=5.0)
azure: AzureOpenAI = track(AzureOpenAI())
number: int = track(5)


async def main() -> None:
    other = track(AsyncOpenAI())
    answer = await other.chat.completions.create(model="m", messages=[], prompt_slug="s")
    url: str | None = get_request_url(answer)
    print(url)


lab = PromptLab(api_key="x", mask=lambda record: record)
record_id: str = lab.api.log_request({"model": "m", "provider": "p", "messages": [{"role": "user", "content": "x"}]})
with trace("x", user_id="u") as step, span("y"):
    step.set(tags={"a": "b"})
    step_id: str = step.id
now = current_trace()
pending: int = flush().pending
sent: int = stats().sent


@trace("answer")
def answer(question: str) -> int:
    return len(question)


length: int = answer("x")
