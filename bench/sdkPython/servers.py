"""A stand-in for OpenAI and a receiver of records in a process of their own, so that they do not share the interpreter that is measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "sdk" / "python" / "tests"))

from fake_openai import FakeOpenAI  # noqa: E402
from receiver import Receiver  # noqa: E402

provider, receiver = FakeOpenAI(), Receiver()
# Nothing is kept: it would only slow down what is measured.
provider.wires = type("Nothing", (list,), {"append": lambda self, item: None})()
print(json.dumps([provider.base_url, receiver.base_url]), flush=True)
sys.stdin.read()
