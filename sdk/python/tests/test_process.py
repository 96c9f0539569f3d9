"""G. Processes."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest
from fake_openai import FakeOpenAI
from harness import SOURCE, TESTS, run_script
from receiver import Receiver

# Python 3.13.0 itself crashes at the end of a process that holds an open stream of httpx, tracked or not.
LEAVES_STREAM = (
    ""
    if sys.version_info[:3] == (3, 13, 0)
    else "stream = client.chat.completions.create(**say, stream=True, prompt_slug='s')\nnext(stream)\n"
)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
needs_gevent = pytest.mark.skipif(importlib.util.find_spec("gevent") is None, reason="gevent is not installed")


# Processes that share an idle connection of the caller's client read each other's answers, with us and without.
NO_SHARED_CONNECTION = "default_headers={'connection': 'close'}"


def _head(provider: FakeOpenAI, receiver: Receiver, options: str = "", client_options: str = "") -> str:
    return textwrap.dedent(f"""
        import os, sys, time
        import openai, promptlab
        say = dict(model="m", messages=[{{"role": "user", "content": "x"}}])
        client = promptlab.track(openai.OpenAI(base_url={provider.base_url!r}, {client_options}), api_key="pl", base_url={receiver.base_url!r}, {options})
        call = lambda slug="s": client.chat.completions.create(**say, prompt_slug=slug)
    """)


def _slugs(receiver: Receiver) -> list[str]:
    return sorted(record["prompt_slug"] for record in receiver.records)


@pytest.mark.parametrize(
    ("end", "code"), [("", 0), ("raise ValueError('boom')", 1), ("sys.exit(3)", 3), ("client.close()", 0)]
)
def test_p69_a_script_that_ends_loses_nothing(provider, receiver, end: str, code: int) -> None:
    body = "for _ in range(20): call()\n" + LEAVES_STREAM
    done = run_script(_head(provider, receiver) + body + end, check=False)
    assert done.returncode == code and _slugs(receiver) == ["s"] * (21 if LEAVES_STREAM else 20)
    assert done.stderr == "" or "boom" in done.stderr and "promptlab" not in done.stderr


@pytest.mark.parametrize("reading", ["pass", "break"])
def test_p70_asyncio_run_that_ends_right_after_the_calls_loses_nothing(provider, receiver, reading: str) -> None:
    done = run_script(
        _head(provider, receiver)
        + textwrap.dedent(f"""
        import asyncio
        async def main():
            other = promptlab.track(openai.AsyncOpenAI(base_url={provider.base_url!r}), api_key="pl", base_url={receiver.base_url!r})
            await asyncio.gather(*[other.chat.completions.create(**say, prompt_slug="s") for _ in range(10)])
            stream = await other.chat.completions.create(**say, stream=True, prompt_slug="s")
            async for _ in stream: {reading}
            if {reading == "pass"}: await other.close()
        asyncio.run(main())
    """)
    )
    # A stream that is left there makes the library itself complain.
    assert (done.stderr == "" or reading == "break") and _slugs(receiver) == ["s"] * 11


@needs_fork
@pytest.mark.parametrize("is_started", [True, False])
def test_p71_parent_and_children_each_deliver_their_own_once(provider, receiver, is_started: bool) -> None:
    # As a server that loads the application before it forks.
    warm = "call('parent'); promptlab.flush(); call('parent')\n" if is_started else ""
    done = run_script(
        _head(provider, receiver, client_options=NO_SHARED_CONNECTION)
        + warm
        + textwrap.dedent("""
        children = []
        for number in range(3):
            child = os.fork()
            if child == 0:
                call(f"child-{number}"); call(f"child-{number}")
                sys.exit(0)
            children.append(child)
        for child in children: assert os.waitpid(child, 0)[1] == 0
        call("parent")
    """)
    )
    wanted = [f"child-{number}" for number in (0, 0, 1, 1, 2, 2)] + ["parent"] * (3 if is_started else 1)
    assert done.stderr == "" and _slugs(receiver) == wanted and receiver.duplicates == 0


@needs_fork
def test_p71_a_child_that_is_forked_while_an_answer_is_read_ends(provider, receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        script = _head(provider, receiver, "exit_timeout=0", client_options=NO_SHARED_CONNECTION)
        process = subprocess.Popen(
            [sys.executable, "-c", script.replace(receiver.base_url, address) + FORKS_WHEN_TOLD],
            env={**os.environ, "PYTHONPATH": str(SOURCE), "OPENAI_API_KEY": "x"}, stdin=subprocess.PIPE,
        )  # fmt: skip
        upload, _ = listener.accept()
        upload.recv(65_536)
        # The worker holds the lock of the connection's reader from here on.
        upload.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        time.sleep(0.3)
        process.communicate(b"\n", timeout=15)
        upload.close()
    assert process.returncode == 0


FORKS_WHEN_TOLD = """
call(); sys.stdin.readline()
child = os.fork()
if child == 0: os._exit(0)
started = time.monotonic()
while os.waitpid(child, os.WNOHANG) == (0, 0):
    if time.monotonic() - started > 5:
        os.kill(child, 9)
        os._exit(1)
os._exit(0)
"""


@needs_fork
def test_p72_children_of_multiprocessing_lose_nothing(provider, receiver) -> None:
    done = run_script(
        _head(provider, receiver, client_options=NO_SHARED_CONNECTION)
        + textwrap.dedent("""
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        context = multiprocessing.get_context("fork")
        call("parent")
        def work(number): call(f"child-{number}")
        children = [context.Process(target=work, args=(number,)) for number in range(2)]
        for child in children: child.start()
        for child in children: child.join()
        with ProcessPoolExecutor(1, mp_context=context) as pool: list(pool.map(work, [2, 3]))
    """)
    )
    assert _slugs(receiver) == ["child-0", "child-1", "child-2", "child-3", "parent"] and done.stderr == ""


@needs_fork
def test_a_child_of_celery_that_ends_after_so_many_tasks_loses_nothing(provider, receiver) -> None:
    # It says that it ends, and then does so by `os._exit`.
    done = run_script(
        _head(provider, receiver, "batch_interval=60")
        + textwrap.dedent("""
        import os, sys, types
        handlers = []
        signal = types.SimpleNamespace(connect=handlers.append)
        sys.modules["celery.signals"] = types.SimpleNamespace(worker_process_shutdown=signal)
        child = os.fork()
        if child == 0:
            call("child")
            for handler in handlers: handler(signal=signal, sender=None, pid=os.getpid(), exitcode=0)
            os._exit(0)
        os.waitpid(child, 0)
    """)
    )
    assert _slugs(receiver) == ["child"] and done.stderr == ""


def test_p73_a_server_that_hangs_holds_the_end_for_the_exit_timeout(provider, receiver) -> None:
    receiver.always = lambda upload: time.sleep(8)
    times = {}
    for name, body in (("hanging", "call()"), ("idle", "")):
        end = (
            "\nstarted = time.monotonic()\nimport atexit\natexit._run_exitfuncs()\nprint(time.monotonic() - started)\n"
        )
        done = run_script(_head(provider, receiver, "exit_timeout=0.7") + body + end)
        times[name] = float(done.stdout)
    assert 0.6 < times["hanging"] < 1.5 and times["idle"] < 0.2


def test_p74_nothing_on_stderr_at_the_end(provider, receiver) -> None:
    bodies = [
        "call()",
        LEAVES_STREAM,
        "call(); import threading; threading.Thread(target=lambda: (time.sleep(0.2), call())).start()",
        "call(); import atexit; atexit.register(call)",
        "import weakref; weakref.finalize(client, print, end=''); call(); del client",
    ]
    for body in bodies:
        done = run_script(_head(provider, receiver) + body)
        assert done.stderr == "", (body, done.stderr)
    away = _head(provider, receiver).replace(receiver.base_url, "http://127.0.0.1:9")
    assert run_script(away + "call()").stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("is_wanted", [True, False])
def test_p75_sigterm_delivers_where_that_is_wanted(provider, receiver, is_wanted: bool) -> None:
    body = _head(provider, receiver, f"batch_interval=60, flush_on_signal={is_wanted}")
    body += "call()\nprint('ready', flush=True)\ntime.sleep(20)\n"
    env = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{TESTS}", "OPENAI_API_KEY": "sk-x"}
    child = subprocess.Popen([sys.executable, "-c", body], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert child.stdout.readline().strip() == b"ready"
    child.send_signal(signal.SIGTERM)
    stderr = child.communicate(timeout=10)[1]
    assert child.returncode == -signal.SIGTERM and stderr == b""
    assert _slugs(receiver) == (["s"] if is_wanted else [])


@needs_gevent
def test_p76_under_gevent_nothing_blocks_and_nothing_is_lost(provider, receiver) -> None:
    patch = "from gevent import monkey; monkey.patch_all()\nimport gevent\n"
    done = run_script(
        patch
        + _head(provider, receiver, "batch_interval=0.05")
        + textwrap.dedent("""
        jobs = [gevent.spawn(call) for _ in range(20)]
        gevent.joinall(jobs, timeout=10)
        gevent.sleep(0.3)
        call()
        client.close()
    """),
        is_fresh=True,
    )
    assert _slugs(receiver) == ["s"] * 21 and done.stderr == ""


@needs_fork
def test_p71_a_stream_that_the_parent_reads_on_is_no_record_of_the_child(provider, receiver) -> None:
    run_script(
        _head(provider, receiver)
        + textwrap.dedent("""
        import gc, os
        stream = iter(client.chat.completions.create(model="m", messages=[], stream=True))
        next(stream)
        child = os.fork()
        if child == 0:
            del stream
            gc.collect()
            promptlab.flush()
            os._exit(0)
        os.waitpid(child, 0)
        for _ in stream: pass
        client.close()
    """)
    )
    assert [record["status"] for record in receiver.records] == ["success"] and receiver.duplicates == 0


def test_p74_nor_after_a_shutdown(provider, receiver) -> None:
    done = run_script(_head(provider, receiver) + "call()\npromptlab.shutdown()\nclient.close()\ntime.sleep(0.2)\n")
    assert done.stderr == "" and len(receiver.records) == 1
