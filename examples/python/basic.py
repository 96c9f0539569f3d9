"""Wraps an OpenAI client and makes five kinds of calls with it. All that is special to PromptLab is `track(...)` and `trace(...)`.

`npm run example:python` runs it against a stand-in for OpenAI on this machine, with the key in PROMPTLAB_API_KEY.
"""

import asyncio

from openai import APIStatusError, AsyncOpenAI, OpenAI

from promptlab import flush, get_request_url, stats, trace, track


def main() -> None:
    # OPENAI_BASE_URL is the stand-in; with the real one the provider is inferred from its address.
    client = track(OpenAI(max_retries=0), provider="openai", environment="example")

    greeting = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello to the world."}],
        prompt_slug="greeting",
        tags={"env": "example"},
    )
    report("a chat completion", greeting)

    with trace("write a poem", user_id="u-1") as task:
        poem = client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "Write one line about the sea."}],
            stream=True,
            stream_options={"include_usage": True},
        )
        for _ in poem:
            pass
        report(f"a streamed one, in trace {task.id}", poem)

    answer = client.responses.create(model="gpt-4o-mini", input="What is the capital of France?")
    report("a response", answer)

    try:
        client.chat.completions.create(model="fail-429", messages=[{"role": "user", "content": "Hello?"}])
    except APIStatusError as error:
        print(f"  a failed call: {error.status_code}")

    asyncio.run(in_an_event_loop())
    result = flush()
    print(f"{stats().sent} calls and steps recorded, ok: {result.ok}")


async def in_an_event_loop() -> None:
    async with AsyncOpenAI(max_retries=0) as openai:
        client = track(openai, provider="openai", environment="example")
        questions = ("one", "two", "three")
        await asyncio.gather(
            *[
                client.chat.completions.create(
                    model="gpt-4o-mini", messages=[{"role": "user", "content": question}], trace_id="together"
                )
                for question in questions
            ]
        )
    print(f"  {len(questions)} at the same time")


def report(what: str, answer: object) -> None:
    print(f"  {what}: {get_request_url(answer)}")


main()
