"""An agent with one tool, by frameworks that call OpenAI themselves."""

from __future__ import annotations

import os
from typing import Any

from scenario import QUESTION, RESULT, SYSTEM


def get_weather(city: str) -> str:
    """The weather in a city."""
    return RESULT


def call_llamaindex() -> None:
    """A call of the model, and an agent."""
    import asyncio

    from llama_index.core.agent.workflow import FunctionAgent
    from llama_index.llms.openai import OpenAI

    llm = OpenAI(model="gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], max_retries=0)
    llm.complete(QUESTION)
    agent = FunctionAgent(name="weather_agent", tools=[get_weather], llm=llm, system_prompt=SYSTEM, streaming=False)

    async def run() -> None:
        await agent.run(QUESTION)

    asyncio.run(run())


def call_crewai() -> None:
    from crewai import LLM, Agent, Crew, Task
    from crewai.tools import tool

    weather: Any = tool("get_weather")(get_weather)
    llm = LLM(model="openai/gpt-4o-mini", base_url=os.environ["OPENAI_BASE_URL"], api_key="sk-stand-in")
    agent = Agent(role="weather_agent", goal="Tell the weather.", backstory=SYSTEM, llm=llm, tools=[weather])
    task = Task(description=QUESTION, expected_output="One sentence.", agent=agent, name="tell_weather")
    Crew(agents=[agent], tasks=[task]).kickoff()


def call_agno() -> None:
    from agno.agent import Agent
    from agno.models.openai import OpenAIChat

    Agent(
        name="weather_agent",
        model=OpenAIChat(id="gpt-4o-mini", base_url=os.environ["OPENAI_BASE_URL"]),
        tools=[get_weather],
        instructions=SYSTEM,
        telemetry=False,
    ).run(QUESTION)
