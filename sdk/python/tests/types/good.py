"""What type checkers must accept, in strict mode."""

from __future__ import annotations

from openai import AsyncOpenAI, AzureOpenAI, OpenAI, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

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
class Answer(BaseModel):
    number: int


parsed: Answer | None = (
    client.chat.completions.parse(model="m", messages=[], response_format=Answer, prompt_slug="s").choices[0].message.parsed
)
found: Answer | None = client.responses.parse(model="m", input="x", text_format=Answer, tags={"a": "b"}).output_parsed
with client.chat.completions.stream(model="m", messages=[], response_format=Answer, trace_id="t") as events_of_chat:
    kinds: list[str] = [event.type for event in events_of_chat]
with client.responses.stream(model="m", input="x", promptlab={"slug": "s"}) as events_of_response:
    last: str = events_of_response.get_final_response().id
client.moderations.create(input="x", tags={"a": "b"})
client.completions.create(model="m", prompt="x", prompt_slug="s")
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
