"""Fixtures: a stand-in for OpenAI, a receiver of records, and one test for both kinds of client."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

here = Path(__file__).parent
sys.path.insert(0, str(here))
if os.environ.get("PROMPTLAB_TEST_INSTALLED") != "1":
    sys.path.insert(0, str(here.parent / "src"))
for name in [name for name in os.environ if name.startswith("PROMPTLAB_") and "TEST" not in name]:
    del os.environ[name]
# A client of the library reads all certificates of the system when it is made, for 20 ms; no test here speaks TLS.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(here)

from fake_openai import FakeOpenAI  # noqa: E402
from harness import Way  # noqa: E402
from receiver import Receiver  # noqa: E402


@pytest.fixture(scope="session")
def _provider() -> FakeOpenAI:
    return FakeOpenAI()


@pytest.fixture
def provider(_provider: FakeOpenAI) -> FakeOpenAI:
    _provider.reset()
    return _provider


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(params=["sync", "async"])
def way(request: pytest.FixtureRequest, provider: FakeOpenAI, receiver: Receiver) -> Iterator[Way]:
    made = Way(request.param == "async", provider, receiver)
    yield made
    provider.release.set()
    made.end()


@pytest.fixture
def sync(provider: FakeOpenAI, receiver: Receiver) -> Iterator[Way]:
    made = Way(False, provider, receiver)
    yield made
    provider.release.set()
    made.end()
