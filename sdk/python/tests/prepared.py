"""Runs scripts one after the other, each in a fork of this process, which has imported the library: that takes half a second.

Asked by `harness.run_script`, a line of JSON each; answers with the process id of the fork, and then with its exit code.
"""

import json
import os
import sys

import openai

# What a client imports when it is first used.
client = openai.OpenAI(api_key="sk-x")
client.chat.completions, client.embeddings  # noqa: B018

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        break
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit(0)

given = json.loads(line)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
for number, name in ((1, given["stdout"]), (2, given["stderr"])):
    os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
os.environ.clear()
os.environ.update(given["env"])
code = given["code"]
for name in ("json", "client", "line", "child", "given", "number", "name"):
    del globals()[name]
# As the main module and at its top, so that it ends as any other script does.
exec(compile(code, "<string>", "exec"))
