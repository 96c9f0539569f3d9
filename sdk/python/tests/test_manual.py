"""Records that are logged by hand: what cannot be read as its field is kept in words, and never costs the record."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import uuid
import warnings
from typing import Any

import pytest
from harness import RECORD, Way
from pydantic import BaseModel, RootModel

ID = uuid.UUID("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
UTC = datetime.timezone.utc
MOMENT = "2026-01-02T03:04:05.000Z"
SECONDS = 1767323045


class Scalar:
    """As a number of numpy is."""

    shape = ()

    def item(self) -> int:
        return 5


class Array:
    """As an array of numpy is."""

    shape = (2,)
    size = 2

    def tolist(self) -> list[int]:
        return [1, 2]


class Color(enum.Enum):
    RED = "red"


class Count(RootModel[int]):
    pass


class Answer(BaseModel):
    """One whose values are not as its fields say, as those of the parsed answers of `openai` are."""

    parsed: None = None


@dataclasses.dataclass
class Order:
    sku: str
    api_key: str = dataclasses.field(default="s3cr3t", repr=False)


class BadKey:
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"latency_ms": "250"}, {"latency_ms": 250}), ({"latency_ms": decimal.Decimal("2.5")}, {"latency_ms": 2.5}),
        ({"latency_ms": float("nan")}, {"metadata": {"latency_ms": "nan"}}),
        ({"ttft_ms": -5}, {"metadata": {"ttft_ms": -5}}),
        ({"input_tokens": "7"}, {"input_tokens": 7}), ({"input_tokens": Scalar()}, {"input_tokens": 5}),
        ({"input_tokens": {"a": 1}}, {"metadata": {"input_tokens": {"a": 1}}}),
        ({"cost_usd": decimal.Decimal("1E-7")}, {"cost_usd": 1e-7}), ({"cost_usd": "0.0021"}, {"cost_usd": "0.0021"}),
        ({"cost_usd": "$1"}, {"metadata": {"cost_usd": "$1"}}),
        ({"latency_ms": datetime.timedelta(seconds=1.5)}, {"latency_ms": 1500}),
        ({"media_seconds": datetime.timedelta(minutes=1)}, {"media_seconds": 60}),
        ({"latency_ms": datetime.timedelta(days=-1)}, {"metadata": {"latency_ms": -86400000}}),
        ({"started_at": SECONDS}, {"started_at": MOMENT}), ({"started_at": SECONDS * 10**3}, {"started_at": MOMENT}),
        ({"started_at": SECONDS * 10**6}, {"started_at": MOMENT}),
        ({"started_at": SECONDS * 10**9}, {"started_at": MOMENT}),
        ({"started_at": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}, {"started_at": MOMENT}),
        ({"started_at": "2026-01-02 05:04:05+02:00"}, {"started_at": MOMENT}),
        ({"started_at": datetime.date(2026, 1, 2)}, {"started_at": "2026-01-02T00:00:00.000Z"}),
        ({"started_at": "yesterday"}, {"metadata": {"started_at": "yesterday"}}),
        ({"started_at": 10**30}, {"metadata": {"started_at": 10**30}}),
        ({"status": "ok"}, {"metadata": {"status": "ok"}}), ({"stream": "yes"}, {"metadata": {"stream": "yes"}}),
        ({"id": ID}, {"id": str(ID)}), ({"id": 5}, {"metadata": {"id": 5}}),
        ({"trace_id": 12, "user_id": ID}, {"trace_id": "12", "user_id": str(ID)}),
        ({"prompt_version": 2.0}, {"prompt_version": "2"}), ({"model": "m" * 300}, {"model": "m" * 256}),
        ({"model": None, "provider": 3}, {"model": "unknown", "provider": "3"}), ({"messages": None}, {"messages": []}),
        ({"messages": {"role": "user", "content": "Hi"}}, {"messages": [{"role": "user", "content": "Hi"}]}),
        ({"error": "boom"}, {"error": {"message": "boom"}}),
        ({"error": ValueError("boom")}, {"error": {"type": "ValueError", "message": "boom"}}),
        ({"error": {"message": ["a"], "http_status": "429"}}, {"error": {"message": '["a"]', "http_status": 429}}),
        ({"tags": "prod"}, {"tags": {"prod": "true"}}), ({"tags": {"id": ID, "n": 5}}, {"tags": {"id": str(ID), "n": "5"}}),
        ({"metadata": {"n": 10**400}}, {"metadata": {"n": str(10**400)}}),
        ({"metadata": {BadKey(): 1}}, {"metadata": {"[unreadable: ValueError]": 1}}),
        ({"metadata": {"order": Order("a")}}, {"metadata": {"order": {"sku": "a"}}}),
        ({"metadata": {Color.RED: Color.RED}}, {"metadata": {"red": "red"}}), ({"model": Color.RED}, {"model": "red"}),
        ({"tags": {"color": Color.RED}}, {"tags": {"color": "red"}}),
        ({"input_tokens": Count(5)}, {"input_tokens": 5}),
        ({"response": Answer.model_construct(parsed={"a": 1})}, {"response": {"parsed": {"a": 1}}}),
        ({"messages": collections.deque(RECORD["messages"], 3)}, {"messages": RECORD["messages"]}),
        ({"metadata": {"n": {"a": 1}.values(), "r": range(2), "a": Array()}}, {"metadata": {"n": [1], "r": [0, 1], "a": [1, 2]}}),
    ],
)  # fmt: skip
def test_an_odd_value_is_kept_and_never_costs_the_record(
    sync: Way, given: dict[str, Any], wanted: dict[str, Any]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        record_id = sync.lab().api.log_request({**RECORD, **given})
    record = sync.record
    assert {name: record.get(name) for name in wanted} == wanted
    assert record["id"] == record_id and record["started_at"]
    for name in wanted.get("metadata", {}):
        assert name not in given or record.get(name) != given[name]


def test_digits_that_python_does_not_write_are_kept(sync: Way) -> None:
    sync.lab().api.log_request({**RECORD, "metadata": {"n": 10**5000}})
    assert sync.record["metadata"] == {"n": hex(10**5000)}


def test_p55_words_of_an_odd_form_stay_in_the_process_too(sync: Way) -> None:
    words = {"messages": "words", "parameters": ["words"], "tools": "words", "prompt_variables": "words"}
    lab = sync.lab(capture_input=False, capture_output=False)
    lab.api.log_request({**RECORD, **words, "response": "words", "response_content": ["words"]})
    assert "words" not in str(sync.record)
