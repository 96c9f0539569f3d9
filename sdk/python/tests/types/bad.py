"""Each line that begins with `client` or `track` must be refused."""

from __future__ import annotations

from openai import OpenAI

from promptlab import track

client = track(OpenAI())
untracked = OpenAI()
client.chat.completions.create(model="m", messages=[], prompt_slog="x")  # bad: misspelt
client.chat.completions.create(model="m", messages=[], prompt_slug=5)  # bad: wrong type
client.chat.completions.create(messages=[], prompt_slug="x")  # bad: no model
client.chat.completions.create(model="m", messages=[], temperature="hot")  # bad: wrong parameter
client.responses.create(model="m", input="x", tags="prod")  # bad: wrong type
client.chat.completions.parse(model="m", messages=[], prompt_slug=5)  # bad: wrong type
client.responses.stream(model="m", input="x", tags="prod")  # bad: wrong type
client.moderations.create(input="x", prompt_slog="s")  # bad: misspelt
untracked.chat.completions.create(model="m", messages=[], prompt_slug="x")  # bad: not tracked
track(OpenAI(), sample_rat=0.5)  # bad: no such option
