"""One way to write a test for both kinds of client."""

from __future__ import annotations

import asyncio
import atexit
import functools
import inspect
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any, Callable, Iterable

import openai

import promptlab
from fake_openai import FakeOpenAI
from promptlab import PromptLab, _warn
from receiver import Receiver

SOURCE = str(Path(__file__).parents[1] / "src")
TESTS = str(Path(__file__).parent)
VERSION = tuple(int(part) for part in openai.__version__.split(".")[:2])
MESSAGES = [{"role": "user", "content": "Say hello"}]
CHAT = {"model": "gpt-4o-mini", "messages": MESSAGES}
FAST = {"batch_interval": 0.02}
# A log by hand.
RECORD = {"model": "m", "provider": "p", "messages": MESSAGES}


class Way:
    """Synchronous or asynchronous: the same words in a test."""

    def __init__(self, is_async: bool, provider: FakeOpenAI, receiver: Receiver) -> None:
        self.is_async = is_async
        self.provider = provider
        self.receiver = receiver
        self.loop = asyncio.new_event_loop() if is_async else None
        self.labs: list[PromptLab] = []
        self.clients: list[Any] = []

    @property
    def client_class(self) -> type:
        return openai.AsyncOpenAI if self.is_async else openai.OpenAI

    def make(self, **options: Any) -> Any:
        """A client that is not tracked."""
        given = {"api_key": "sk-test-key-123456", "base_url": self.provider.base_url, "max_retries": 0, **options}
        client = self.client_class(**given)
        self.clients.append(client)
        return client

    def lab(self, **options: Any) -> PromptLab:
        given = {"api_key": "pl_test_key", "base_url": self.receiver.base_url, **FAST, **options}
        lab = PromptLab(**given)
        self.labs.append(lab)
        return lab

    def track(self, client: Any = None, **options: Any) -> Any:
        """A tracked client."""
        return self.lab(**options).track(self.make() if client is None else client)

    def do(self, work: Any) -> Any:
        """The result of a call, awaited where it is to be."""
        if inspect.isawaitable(work):
            assert self.loop is not None
            return self.loop.run_until_complete(_await(work))
        return work

    def items(self, stream: Any, count: int = -1) -> list[Any]:
        """The first of a stream, all by default."""
        return self.do(_items_async(stream, count)) if self.is_async else _items(stream, count)

    def inside(self, manager: Any, read: Callable[[Any], Any]) -> Any:
        """What `read` makes of what a context manager gives."""
        if self.is_async:
            return self.do(_inside_async(manager, read))
        with manager as value:
            return read(value)

    def close(self, thing: Any) -> None:
        self.do(thing.close())

    @property
    def records(self) -> list[dict[str, Any]]:
        """All records so far, delivered."""
        for lab in self.labs:
            lab.flush()
        return self.receiver.records

    @property
    def record(self) -> dict[str, Any]:
        """The only one."""
        records = self.records
        assert len(records) == 1, f"{len(records)} records"
        return records[0]

    @property
    def spans(self) -> list[dict[str, Any]]:
        for lab in self.labs:
            lab.flush()
        return list(self.receiver.spans.values())

    def end(self) -> None:
        for lab in self.labs:
            lab.shutdown(timeout=2)
        for client in self.clients:
            self.do(client.close())
        if self.loop is not None:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()
        _warn._warned.clear()


async def _await(work: Any) -> Any:
    return await work


def _items(stream: Any, count: int) -> list[Any]:
    items = []
    if count == 0:
        return items
    for item in stream:
        items.append(item)
        if len(items) == count:
            break
    return items


async def _items_async(stream: Any, count: int) -> list[Any]:
    items: list[Any] = []
    if count == 0:
        return items
    async for item in stream:
        items.append(item)
        if len(items) == count:
            break
    return items


async def _inside_async(manager: Any, read: Callable[[Any], Any]) -> Any:
    async with manager as value:
        result = read(value)
        return await result if inspect.isawaitable(result) else result


def thrown_by(work: Callable[[], Any]) -> BaseException:
    """What it raises; nothing is a failure."""
    try:
        work()
    except BaseException as thrown:  # noqa: BLE001
        return thrown
    raise AssertionError("nothing was raised")


def run_script(
    code: str, *, env: dict[str, str] | None = None, timeout: float = 30, check: bool = True, is_fresh: bool = False
) -> Any:
    """A Python process of its own, with this openai and our sources; `is_fresh`: that has not imported openai before."""
    given = {key: value for key, value in os.environ.items() if not key.startswith("PROMPTLAB_")}
    given.update(
        PYTHONPATH=f"{SOURCE}{os.pathsep}{TESTS}",
        PYTHONWARNINGS="error",
        OPENAI_API_KEY="sk-test-key-123456",
        **(env or {}),
    )
    code = textwrap.dedent(code)
    if is_fresh or not hasattr(os, "fork"):
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=timeout)
    else:
        done = _run_prepared(code, given, timeout)
    if check:
        assert done.returncode == 0, done.stderr
    return done


def _run_prepared(code: str, env: dict[str, str], timeout: float) -> Any:
    """In a fork of a process that has imported openai."""
    process = _prepared(env["PYTHONPATH"])
    with tempfile.TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, name) for name in ("stdout", "stderr")}
        process.stdin.write(json.dumps({"code": code, "env": env, **files}).encode() + b"\n")
        process.stdin.flush()
        pid = int(process.stdout.readline())
        is_over = select.select([process.stdout], [], [], timeout)[0]
        if not is_over:
            os.kill(pid, signal.SIGKILL)
        status = int(process.stdout.readline())
        if not is_over:
            raise subprocess.TimeoutExpired(code, timeout)
        outputs = {name: Path(file).read_text() for name, file in files.items()}
    return subprocess.CompletedProcess(code, status, **outputs)


@functools.lru_cache(maxsize=None)
def _prepared(path: str) -> Any:
    program = [sys.executable, str(Path(__file__).parent / "prepared.py")]
    env = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "error"}
    # Without a buffer: what comes after a line is seen by `select`.
    process = subprocess.Popen(program, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def end() -> None:
        process.stdin.close()
        process.wait()
        process.stdout.close()

    atexit.register(end)
    return process


def without(mapping: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    return {key: value for key, value in mapping.items() if key not in names}


__all__ = ["CHAT", "FAST", "MESSAGES", "RECORD", "VERSION", "Way", "promptlab", "run_script", "thrown_by", "without"]
