"""The calls of `run.py` by the clients of Anthropic, Google and AWS: chat, call of a tool, its result, stream, failed call."""

from __future__ import annotations

import os
from typing import Any

from scenario import QUESTION, RESULT, SYSTEM

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
DESCRIPTION = "The weather in a city."


def call_anthropic() -> None:
    from anthropic import Anthropic

    client = Anthropic(base_url=os.environ["STAND_INS_URL"], api_key="stand-in", max_retries=0)
    asked: Any = [{"role": "user", "content": QUESTION}]
    tools: Any = [{"name": "get_weather", "description": DESCRIPTION, "input_schema": SCHEMA}]
    about: Any = {"model": "claude-sonnet-4-5", "max_tokens": 100, "system": SYSTEM}
    client.messages.create(messages=asked, **about)
    first = client.messages.create(messages=asked, tools=tools, **about)
    call: Any = first.content[0]
    made = {"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}]}
    given = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": RESULT}]}
    client.messages.create(messages=[*asked, made, given], tools=tools, **about)
    for _ in client.messages.create(messages=asked, stream=True, **about):
        pass
    try:
        client.messages.create(messages=asked, **{**about, "model": "status-429"})
    except Exception as error:  # The instrumentation has to see it.
        print(type(error).__name__)


def call_gemini() -> None:
    from google import genai
    from google.genai import types

    options = types.HttpOptions(base_url=os.environ["STAND_INS_URL"])
    client = genai.Client(api_key="stand-in", http_options=options)
    model = "gemini-2.5-flash"
    declared = types.FunctionDeclaration(name="get_weather", description=DESCRIPTION, parameters_json_schema=SCHEMA)
    tools: Any = [types.Tool(function_declarations=[declared])]
    asked: Any = types.Content(role="user", parts=[types.Part(text=QUESTION)])
    plain = types.GenerateContentConfig(system_instruction=SYSTEM, temperature=0.2, max_output_tokens=100)
    with_tools = types.GenerateContentConfig(system_instruction=SYSTEM, tools=tools)
    client.models.generate_content(model=model, contents=QUESTION, config=plain)
    first = client.models.generate_content(model=model, contents=[asked], config=with_tools)
    made: Any = first.candidates[0].content if first.candidates else None
    answer = types.FunctionResponse(id="call_weather", name="get_weather", response={"sky": "clear", "degrees": 24})
    given = types.Content(role="user", parts=[types.Part(function_response=answer)])
    client.models.generate_content(model=model, contents=[asked, made, given], config=with_tools)
    for _ in client.models.generate_content_stream(model=model, contents=QUESTION, config=plain):
        pass
    try:
        client.models.generate_content(model="status-429", contents=QUESTION)
    except Exception as error:
        print(type(error).__name__)


def call_bedrock() -> None:
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=os.environ["STAND_INS_URL"],
        aws_access_key_id="stand-in",
        aws_secret_access_key="stand-in",
        config=Config(retries={"total_max_attempts": 1}),
    )
    model = "anthropic.claude-3-5-haiku-20241022-v1:0"
    asked: Any = [{"role": "user", "content": [{"text": QUESTION}]}]
    tool = {"name": "get_weather", "description": DESCRIPTION, "inputSchema": {"json": SCHEMA}}
    about: Any = {"modelId": model, "system": [{"text": SYSTEM}]}
    tools: Any = {"tools": [{"toolSpec": tool}]}
    client.converse(messages=asked, inferenceConfig={"temperature": 0.2, "maxTokens": 100}, **about)
    first = client.converse(messages=asked, toolConfig=tools, **about)
    made = first["output"]["message"]
    result = {"toolUseId": "call_weather", "content": [{"json": {"sky": "clear", "degrees": 24}}]}
    given = {"role": "user", "content": [{"toolResult": result}]}
    client.converse(messages=[*asked, made, given], toolConfig=tools, **about)
    for _ in client.converse_stream(messages=asked, **about)["stream"]:
        pass
    try:
        client.converse(messages=asked, modelId="status-429")
    except Exception as error:
        print(type(error).__name__)
