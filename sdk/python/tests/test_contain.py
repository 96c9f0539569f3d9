"""A. Whatever of ours breaks, the calls go on."""

from __future__ import annotations

import inspect
from unittest import mock

import pytest
from harness import CHAT, Way, thrown_by

from promptlab import _warn


def _internal_functions():
    """Every function of ours that runs on a call's way but the outermost, which are the edge itself."""
    import promptlab._ambient, promptlab._call, promptlab._core, promptlab._extras, promptlab._seams  # noqa: E401
    import promptlab._shims, promptlab._streams  # noqa: E401
    from promptlab.delivery import worker

    modules = (
        promptlab._call,
        promptlab._core,
        promptlab._extras,
        promptlab._seams,
        promptlab._shims,
        promptlab._streams,
        worker,
    )
    found = []
    for module in modules:
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                found.append((module, name))
            elif inspect.isclass(value) and value.__module__ == module.__name__:
                found += [(value, member) for member, inner in vars(value).items() if inspect.isfunction(inner)]
    # What makes the generators and methods that take the place of the library's: they are the edge.
    edges = {"_tap", "_tap_async", "_watch", "_watch_async", "make_request", "make_process_response", "_strip_plainly"}
    edges |= {
        "_tap_bytes",
        "_tap_bytes_async",
        "_note_later",
        "_begin_events",
        "_reads_shape",
        "_like_coroutine_function",
        "request_url",
    }
    return [
        (owner, name)
        for owner, name in found
        if name not in edges and getattr(owner, "__name__", "") not in ("_LikeCoroutineFunction", "_Guard", "_Waiting")
    ]


def test_p17_whatever_of_ours_breaks_the_calls_go_on(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    def calls(client, extras):
        completions = client.chat.completions
        yield way.do(completions.create(**CHAT, **extras)).model_dump()
        yield [item.model_dump() for item in way.items(way.do(completions.create(**CHAT, stream=True, **extras)))]
        yield way.do(completions.with_raw_response.create(**CHAT, **extras)).parse().model_dump()
        yield way.inside(completions.with_streaming_response.create(**CHAT, **extras), lambda response: response.read())
        yield str(thrown_by(lambda: way.do(completions.create(**{**CHAT, "model": "status-400"}, **extras))))
        yield way.do(client.with_options(timeout=3).embeddings.create(model="m", input="x")).model_dump()
        yield "promptlab" in str([(wire.headers, wire.body) for wire in way.provider.wires])

    wanted = list(calls(way.make(), {}))
    functions = _internal_functions()
    assert len(functions) > 60
    client = way.track()

    def boom(*args, **kwargs):
        raise RuntimeError("boom")

    for owner, name in functions:
        _warn._warned.clear()
        caplog.clear()
        with mock.patch.object(owner, name, boom):
            assert list(calls(client, {"prompt_slug": "s", "extra_body": {"promptlab": {"slug": "x"}}})) == wanted, name
        messages = [record.message for record in caplog.records]
        assert len(messages) == len(set(messages)), name
        way.provider.wires.clear()
