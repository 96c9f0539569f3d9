"""The two places on a client's own call path where we look: `request`, and `_process_response` inside it.

Whatever is called is looked up on the class at the moment of the call: what others put there before or after is heard.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Callable, Mapping, Optional

from ._ambient import Ambient
from ._call import Call, ambient_now
from ._endpoints import ENDPOINTS, POLL, polled_id
from ._extras import CARRIER
from ._core import Core
from ._lookup import method_of
from ._streams import is_stream, watch_raw, watch_stream
from ._warn import contain, report_internal
from .record.output import count_dimensions
from .record.provider import Provider

_CURRENT: ContextVar[Optional[Call]] = ContextVar("promptlab_call", default=None)
_RAW_HEADER = "x-stainless-raw-response"


class ClientState:
    """What we know of one tracked client."""

    __slots__ = ("_address", "_key", "_provider", "core")

    def __init__(self, core: Core) -> None:
        self.core = core
        self._address: Any = None
        self._key: Any = None
        self._provider: Optional[Provider] = None

    def note_key(self, client: Any) -> None:
        """The key as it is now, which must not be found in a record: it may be set at any time, or come from a function."""
        key = getattr(client, "api_key", None)
        if key is not self._key:
            self._key = key
            self.core.note_key(key)

    def provider_of(self, client: Any) -> Provider:
        """By the address as it is now: it may be set after construction. An address is an object that never changes."""
        address = getattr(client, "_base_url", None)
        if self._provider is None or address is not self._address:
            query = getattr(client, "_custom_query", None)
            self._provider = Provider(
                address,
                api_version=getattr(client, "_api_version", None),
                query_version=query.get("api-version") if isinstance(query, Mapping) else None,
                given=self.core.settings.provider,
            )
            self._address = address
        return self._provider


def make_request(state: ClientState, is_async: bool) -> Callable[..., Any]:
    """`client.request` of one client."""

    def request(self: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        call = None
        try:
            call = begin(state, self, options)
        except Exception as thrown:  # noqa: BLE001 -- the edge between our work and the caller's
            _strip_plainly(options)
            report_internal("begin a record", thrown)
        outer = _CURRENT.get()
        # Also where there is none: what is called inside of another call, as by a hook, is no answer to that.
        _CURRENT.set(call)
        try:
            return method_of(self, "request")(cast_to, options, *args, **kwargs)
        except BaseException as thrown:
            if call is not None:
                contain("record an error", _fail, state, self, call, thrown)
            raise
        finally:
            _CURRENT.set(outer)

    async def request_async(self: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        call = None
        try:
            call = begin(state, self, options)
        except Exception as thrown:  # noqa: BLE001
            _strip_plainly(options)
            report_internal("begin a record", thrown)
        outer = _CURRENT.get()
        _CURRENT.set(call)
        try:
            return await method_of(self, "request")(cast_to, options, *args, **kwargs)
        except BaseException as thrown:
            if call is not None:
                contain("record an error", _fail, state, self, call, thrown)
            raise
        finally:
            _CURRENT.set(outer)

    return request_async if is_async else request


def make_process_response(state: ClientState, is_async: bool) -> Callable[..., Any]:
    """`client._process_response` of one client."""

    def _process_response(self: Any, *args: Any, **kwargs: Any) -> Any:
        call = _CURRENT.get()
        if call is None:
            return method_of(self, "_process_response")(*args, **kwargs)
        contain("note a response", _note_response, state, self, call, kwargs)
        result = method_of(self, "_process_response")(*args, **kwargs)
        contain("record an answer", note_result, call, result, kwargs)
        return result

    async def _process_response_async(self: Any, *args: Any, **kwargs: Any) -> Any:
        call = _CURRENT.get()
        if call is None:
            return await method_of(self, "_process_response")(*args, **kwargs)
        contain("note a response", _note_response, state, self, call, kwargs)
        result = await method_of(self, "_process_response")(*args, **kwargs)
        contain("record an answer", note_result, call, result, kwargs)
        return result

    return _process_response_async if is_async else _process_response


def begin(state: ClientState, client: Any, options: Any) -> Optional[Call]:
    """Takes our extras off the request, and begins its record. None: it is not to be recorded."""
    carried = take_carried(options)
    endpoint = ENDPOINTS.get(options.url)
    core = state.core
    polled = None
    if endpoint is None:
        if not core.background.is_used:
            return None
        polled = polled_id(options.url, options.method)
        if polled is None:
            return None
        endpoint = POLL
    if not core.is_enabled:
        return None
    ambient = ambient_now(carried)
    if (carried or ambient) and not _is_logged(carried, ambient):
        return None
    if core.delivery.refusal is not None:
        core.delivery.count_drop(core.delivery.refusal)
        return None
    body = options.json_data
    call = Call(core, endpoint, options, carried, ambient, state.provider_of(client))
    if polled is not None:
        call.polled_id = polled
    elif type(body) is dict and (body.get("stream") or body.get("background")):
        call.is_background = body.get("background") is True
        if asks_usage(call, body, options.headers):
            options.json_data = {**body, "stream_options": {"include_usage": True}}
            call.hides_usage = True
    return call


def _fail(state: ClientState, client: Any, call: Call, thrown: BaseException) -> None:
    state.note_key(client)
    call.fail(thrown)


def take_carried(options: Any) -> Optional[Mapping[str, Any]]:
    """What a shim sent along, and `extra_body={"promptlab": …}` of callers that can pass nothing else."""
    carried = None
    headers = options.headers
    if type(headers) is dict and CARRIER in headers:
        carried = headers[CARRIER]
        options.headers = {name: value for name, value in headers.items() if name != CARRIER}
    extra = options.extra_json
    if isinstance(extra, Mapping) and "promptlab" in extra:
        options.extra_json = {name: value for name, value in extra.items() if name != "promptlab"} or None
        extras = {"promptlab": extra["promptlab"], **(carried["extras"] if carried else {})}
        carried = {"extras": extras, "ambient": carried["ambient"] if carried else None}
    return carried


def _strip_plainly(options: Any) -> None:
    """The same where something of ours broke: our arguments never reach the wire."""
    try:
        if CARRIER in (options.headers or {}):
            options.headers = {name: value for name, value in options.headers.items() if name != CARRIER}
        if isinstance(options.extra_json, Mapping) and "promptlab" in options.extra_json:
            options.extra_json = {
                name: value for name, value in options.extra_json.items() if name != "promptlab"
            } or None
    except Exception:  # noqa: BLE001 -- options of an unknown shape, such as headers that are not given
        pass


def _is_logged(carried: Optional[Mapping[str, Any]], ambient: Optional[Ambient]) -> bool:
    """Only this of the extras is read on the caller's thread. The call's own word wins over that around it."""
    for extras in (carried["extras"] if carried else None, ambient.extras if ambient else None):
        inner = extras.get("promptlab") if extras else None
        if isinstance(inner, Mapping) and inner.get("log") is not None:
            return inner["log"] is not False
    return True


def asks_usage(call: Call, body: Mapping[str, Any], headers: Any) -> bool:
    """Whether to ask for the token counts of a stream on our own account."""
    if call.endpoint.kind not in ("chat", "completion") or body.get("stream") is not True:
        return False
    extra = call.extra_json
    if body.get("stream_options") is not None or (isinstance(extra, Mapping) and "stream_options" in extra):
        return False
    wanted = call.core.settings.stream_usage
    if wanted != "auto":
        return bool(wanted == "always")
    # Who reads the body himself (`with_streaming_response`) would see the chunk that is hidden from all others.
    if any(name.lower() == _RAW_HEADER and value == "stream" for name, value in (headers or {}).items()):
        return False
    # With data of one's own, Azure refuses it in every version.
    has_own_data = "data_sources" in body or isinstance(extra, Mapping) and "data_sources" in extra
    return bool(call.provider.reports_stream_usage) and not (call.provider.is_azure and has_own_data)


def _note_response(state: ClientState, client: Any, call: Call, given: Mapping[str, Any]) -> None:
    state.note_key(client)
    call.note_response(given["response"], given.get("retries_taken") or 0)


def note_result(call: Call, result: Any, given: Mapping[str, Any]) -> None:
    """The library has made what it will hand to the caller."""
    if call.is_done:
        return
    response = given["response"]
    if call.polled_id is None:
        call.core.remember(result, call)
    if is_stream(result):
        watch_stream(result, call)
        return
    raw = response.request.headers.get(_RAW_HEADER)
    if raw and hasattr(result, "parse"):
        if raw == "stream" or given.get("stream"):
            watch_raw(result, response, call, lambda parsed: call.core.remember(parsed, call))
            call.core.open_streams.add(call)
            return
        call.raw_reading = "read"
    call.response_content = _content_of(call, response, result)
    call.succeed()


def _content_of(call: Call, response: Any, result: Any) -> Optional[bytes]:
    kind = call.endpoint.kind
    # Sound is not kept, and of vectors only their number and size, read off what the library parsed already.
    if kind == "speech":
        return None
    if kind == "embeddings" and not call.core.settings.capture_embeddings and hasattr(result, "model_dump"):
        call.answer = summarize_vectors(result)
        return None
    content: Optional[bytes] = getattr(response, "_content", None)
    return content


def summarize_vectors(result: Any) -> dict[str, Any]:
    """An answer without its vectors."""
    vectors = result.data or []
    first = vectors[0].embedding if vectors else None
    usage = result.usage
    extra = dict(getattr(result, "model_extra", None) or {})
    return {
        "object": getattr(result, "object", None),
        "model": getattr(result, "model", None),
        "data": {"count": len(vectors), "dimensions": count_dimensions(first)},
        "usage": usage.model_dump() if hasattr(usage, "model_dump") else usage,
        **extra,
    }
