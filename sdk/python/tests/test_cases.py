"""What users of such products report: inputs and their right values, the same as for the TypeScript SDK."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openai
import pytest
from harness import VERSION, Way

CASES = Path(__file__).parent / "cases"
# What the server makes of a record.
BY_THE_SERVER = {"cost_source", "output_preview"}


def _tries():
    for path in sorted(CASES.glob("*.json")):
        for one in json.loads(path.read_text())["tries"]:
            yield pytest.param(one, id=f"{path.stem}: {one['name']}")


def _fits(got: Any, wanted: Any) -> bool:
    text = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)
    if isinstance(wanted, dict):
        if "$like" in wanted:
            return re.search(wanted["$like"], text, re.DOTALL) is not None
        if "$unlike" in wanted:
            return re.search(wanted["$unlike"], text, re.DOTALL) is None
        if "$any" in wanted:
            return any(_fits(got, one) for one in wanted["$any"])
        if "$set" in wanted:
            return (got is not None) == wanted["$set"]
    return got == wanted


def _at(record: Any, path: str) -> Any:
    if path == "$":
        return record
    for name in path.split("."):
        if isinstance(record, list):
            record = record[int(name)] if int(name) < len(record) else None
        else:
            record = record.get(name) if isinstance(record, dict) else None
    return record


def _redirected(way: Way, base_url: str):
    host = "/".join(base_url.split("/")[:3])
    base = way.provider.base_url.replace("/v1", "")

    class Client(openai.DefaultHttpxClient):
        def build_request(self, method, url, **kwargs):
            return super().build_request(method, str(url).replace(host, base), **kwargs)

    return Client()


def _call(way: Way, client: Any, one: dict) -> None:
    owner = client
    *parts, method = one["call"]["method"].split(".")
    for part in parts:
        owner = getattr(owner, part)
    if method not in dir(owner):
        pytest.skip("this openai has no such method")
    params = dict(one["call"]["params"])
    extra = {name: params.pop(name) for name in list(params) if name in one["call"].get("extra_body", ())}
    answer = getattr(owner, method)(**params, **({"extra_body": extra} if extra else {}))
    if params.get("stream"):
        for _ in answer:
            pass


@pytest.mark.parametrize("one", _tries())
def test_case(sync: Way, one: dict) -> None:
    if one["call"]["method"].startswith("responses") and not hasattr(sync.make(), "responses"):
        pytest.skip("this openai has no responses")
    if VERSION < (1, 109) and ("modalities" in one["call"]["params"] or "as an object" in one["name"]):
        pytest.skip("this openai does not send it so")
    model = one["call"]["params"]["model"]
    wire = one["wire"]
    if "sse" in wire:
        sync.provider.events[model] = wire["sse"]
    else:
        sync.provider.answers[model] = wire["json"]
    base_url = one.get("client", {}).get("baseURL", "https://api.openai.com/v1")
    client = sync.make(base_url=base_url, http_client=_redirected(sync, base_url))
    thrown = None
    try:
        _call(sync, sync.lab(**one.get("track", {})).track(client), one)
    except openai.APIError as error:
        thrown = error
    record = sync.record
    assert thrown is None or one.get("throws"), thrown
    # The server prices what the provider did not.
    skipped = BY_THE_SERVER | (set() if "cost" in str(wire) else {"cost_usd"})
    wrong = {
        path: _at(record, path)
        for path, wanted in one["expect"].items()
        if path not in skipped and not _fits(_at(record, path), wanted)
    }
    assert not wrong, json.dumps(wrong, ensure_ascii=False)
