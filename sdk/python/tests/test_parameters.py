"""B. Parameters."""

from __future__ import annotations

import copy

import pytest
from harness import CHAT, MESSAGES, VERSION, Way

import promptlab

EXTRAS = {
    "prompt_slug": "greeting",
    "prompt_version": 3,
    "trace_id": "task-42",
    "tags": {"env": "prod"},
    "promptlab": {"name": "n"},
}
OWN = {"prompt_slug", "prompt_version", "trace_id", "tags", "promptlab"}
# Of the process or the moment.
VARYING = {"x-stainless-retry-count", "idempotency-key", "x-stainless-read-timeout", "content-length", "host"}


def _methods(client):
    yield lambda **more: client.chat.completions.create(**CHAT, **more)
    yield lambda **more: client.chat.completions.with_raw_response.create(**CHAT, **more)
    yield lambda **more: client.with_options(timeout=9).chat.completions.create(**CHAT, **more)
    yield lambda **more: client.completions.create(model="m", prompt="x", **more)
    yield lambda **more: client.embeddings.create(model="m", input="x", **more)
    yield lambda **more: client.moderations.create(input="x", **more)
    yield lambda **more: client.images.generate(model="m", prompt="x", **more)
    yield lambda **more: client.images.edit(model="m", image=b"1234", prompt="x", **more)
    yield lambda **more: client.images.create_variation(image=b"1234", **more)
    yield lambda **more: client.audio.transcriptions.create(model="m", file=("a.wav", b"1234"), **more)
    yield lambda **more: client.audio.translations.create(model="m", file=("a.wav", b"1234"), **more)
    yield lambda **more: client.audio.speech.create(model="m", voice="alloy", input="x", **more)
    if VERSION >= (1, 66):
        yield lambda **more: client.responses.create(model="m", input="x", **more)
        yield lambda **more: client.responses.with_raw_response.create(model="m", input="x", **more)


def _wires(way: Way, client, more):
    way.provider.wires.clear()
    for method in _methods(client):
        way.do(method(**more))
    return list(way.provider.wires)


def _comparable(wire):
    headers = {name: value for name, value in wire.headers.items() if name not in VARYING}
    boundary = headers.get("content-type", "").partition("boundary=")[2]
    body = wire.body.replace(boundary.encode(), b"BOUNDARY") if boundary else wire.body
    headers["content-type"] = (
        headers.get("content-type", "").replace(boundary, "BOUNDARY") if boundary else headers.get("content-type")
    )
    return wire.method, wire.path, headers, body


def test_p19_the_wire_is_that_of_the_raw_client(way: Way) -> None:
    given = {"extra_headers": {"x-mine": "1"}, "extra_query": {"q": "2"}}
    wanted = [_comparable(wire) for wire in _wires(way, way.make(), given)]
    client = way.track()
    assert [_comparable(wire) for wire in _wires(way, client, given)] == wanted
    assert [_comparable(wire) for wire in _wires(way, client, {**given, **EXTRAS})] == wanted


def test_p20_our_arguments_never_reach_the_wire(way: Way) -> None:
    for wire in _wires(way, way.track(), EXTRAS):
        text = (wire.path + str(wire.headers)).encode() + wire.body
        for word in (b"greeting", b"task-42", b"prod", b"promptlab", b"prompt_slug", b"prompt_version", b"trace_id"):
            assert word not in text, (wire.path, word)
    records = way.records
    assert len(records) == len(list(_methods(None)))
    for record in records:
        assert (record["prompt_slug"], record["prompt_version"], record["trace_id"]) == ("greeting", 3, "task-42")
        assert record["tags"] == {"env": "prod"} and record["name"] == "n"


def test_p20_nor_where_nothing_is_recorded(way: Way) -> None:
    for wire in _wires(way, way.track(enabled=False), EXTRAS):
        assert b"greeting" not in wire.body and "promptlab" not in str(wire.headers)
    assert way.records == []


def test_p21_promptlab_in_extra_body_is_read_and_removed(way: Way) -> None:
    body = {"promptlab": {"slug": "from-body", "trace_id": "t-9"}, "top_k": 5}
    way.do(way.track().chat.completions.create(**CHAT, extra_body=body))
    assert way.provider.wires[-1].json == {**CHAT, "top_k": 5}
    assert way.record["prompt_slug"] == "from-body" and way.record["trace_id"] == "t-9"
    assert way.record["parameters"] == {"top_k": 5}
    assert body == {"promptlab": {"slug": "from-body", "trace_id": "t-9"}, "top_k": 5}


def test_p22_tags_stay_on_the_wire_where_they_are_wanted(way: Way) -> None:
    client = way.track(keep_tags_on_wire=True)
    way.do(client.chat.completions.create(**CHAT, tags={"env": "prod"}, extra_body={"a": 1}))
    assert way.provider.wires[-1].json == {**CHAT, "tags": {"env": "prod"}, "a": 1}
    assert way.record["tags"] == {"env": "prod"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt_slug": 5}, {"prompt_version": 1.5}, {"trace_id": ["a"]}, {"tags": "prod"}, {"tags": ["a"]},
        {"promptlab": "greeting"}, {"promptlab": {"variables": 3}}, {"promptlab": {"slg": "x"}}, {"prompt_version": True},
    ],
)  # fmt: skip
def test_p23_a_wrong_value_is_one_warning_that_names_it(
    way: Way, caplog: pytest.LogCaptureFixture, wrong: dict
) -> None:
    client = way.track()
    for _ in range(2):
        way.do(client.chat.completions.create(**CHAT, **wrong))
    assert len(way.records) == 2
    [warning] = [record.message for record in caplog.records]
    name = next(iter(wrong))
    inner = next(iter(wrong[name])) if name == "promptlab" and isinstance(wrong[name], dict) else name
    assert f'"{inner}"' in warning
    assert way.provider.wires[-1].json == CHAT


def test_an_id_that_is_a_number_is_an_id(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    client = way.track()
    with promptlab.context(user_id=42):
        way.do(client.chat.completions.create(**CHAT, trace_id=107505301260286117, promptlab={"session_id": 7}))
    assert [way.record[name] for name in ("user_id", "trace_id", "session_id")] == ["42", "107505301260286117", "7"]
    assert not caplog.records


def test_p24_log_false_records_nothing(way: Way) -> None:
    client = way.track()
    way.do(client.chat.completions.create(**CHAT, promptlab={"log": False}))
    way.do(client.chat.completions.create(**CHAT, extra_body={"promptlab": {"log": False}}))
    assert way.records == []


def test_p25_context_gives_its_values_to_every_call_inside(way: Way) -> None:
    client = way.track()
    with promptlab.context(prompt_slug="outer", tags={"a": "1", "b": "1"}, user_id="u-1"):
        with promptlab.context(tags={"b": "2"}):
            way.do(client.chat.completions.create(**CHAT))
        way.do(client.chat.completions.create(**CHAT, prompt_slug="own", tags={"b": "3"}))
        helper = client.chat.completions.with_raw_response.create
        way.do(helper(**CHAT))
    way.do(client.chat.completions.create(**CHAT))
    one, two, three, four = way.records
    assert (one["prompt_slug"], one["tags"], one["user_id"]) == ("outer", {"a": "1", "b": "2"}, "u-1")
    assert (two["prompt_slug"], two["tags"]) == ("own", {"a": "1", "b": "3"})
    assert three["prompt_slug"] == "outer"
    assert "prompt_slug" not in four and "tags" not in four


def test_p26_the_callers_objects_are_never_changed(way: Way) -> None:
    given = {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}],
        "tags": {"env": "prod"},
        "promptlab": {"metadata": {"a": [1]}},
        "extra_headers": {"x-a": "1"},
        "extra_body": {"promptlab": {"slug": "s"}, "b": {"c": 1}},
        **({"metadata": {"m": "1"}} if VERSION >= (1, 109) else {}),
    }
    before = copy.deepcopy(given)
    way.do(way.track(keep_tags_on_wire=True).chat.completions.create(model="m", **given))
    assert given == before
    assert MESSAGES == [{"role": "user", "content": "Say hello"}]
    assert len(way.records) == 1
