"""Attaches to one client, in place. Imports nothing of the library and makes no resource."""

from __future__ import annotations

import functools
import inspect
from types import MethodType
from typing import Any, Optional

from ._core import Core
from ._lookup import method_of
from ._seams import ClientState, make_process_response, make_request
from ._shims import hook_resources, remake_views, shim_known_resources
from ._warn import contain, warn_once

_SEAMS = ("request", "_process_response")
_CLONES = ("copy", "with_options")
# What of a client has calls that are recorded. One of Anthropic is of the same make, and has none of these.
_PARTS = frozenset(("audio", "chat", "embeddings", "images", "moderations", "responses"))


def find_state(client: Any) -> Optional[ClientState]:
    """Our state of a tracked client. It hangs on our own method, so that the client has no attribute more."""
    method = getattr(client, "__dict__", {}).get("request")
    state = getattr(getattr(method, "__func__", None), "promptlab_state", None)
    if not isinstance(state, ClientState):
        return None
    if method.__self__ is not client:  # type: ignore[union-attr]
        return _attach_copy(client, state.core)
    return state


def _attach_copy(client: Any, core: Core) -> Optional[ClientState]:
    """A shallow copy came with the methods of the client that it was made of, and gets its own."""
    for name in (*_SEAMS, *_CLONES):
        client.__dict__.pop(name, None)
    attach(client, core)
    return find_state(client)


def attach(client: Any, core: Core) -> None:
    """Makes the client a tracked one. A client of an unknown shape is left as it is."""
    state = find_state(client)
    if state is not None:
        if state.core.is_shut_down:
            state.core = core
        elif state.core is not core:
            warn_once("tracked", "This client is tracked already; these options change nothing.")
        return
    kind = type(client)
    if not all(callable(getattr(kind, name, None)) for name in _SEAMS) or not hasattr(client, "__dict__"):
        warn_once(
            "client", f"track() needs a client, such as OpenAI(); {kind.__name__} is not one, and is left as it is."
        )
        return
    # Not read: a part is made when it is.
    if core.is_enabled and _PARTS.isdisjoint(dir(client)):
        message = f"Nothing of {kind.__name__} is recorded: track() knows clients such as OpenAI(). "
        warn_once(f"client:{kind.__name__}", f"{message}Log its calls by hand, with PromptLab().api.log_request().")
    is_async = inspect.iscoroutinefunction(kind._process_response)
    state = ClientState(core)
    request = functools.wraps(kind.request)(make_request(state, is_async))
    request.promptlab_state = state  # type: ignore[attr-defined]
    process = functools.wraps(kind._process_response)(make_process_response(state, is_async))
    client.__dict__["request"] = MethodType(request, client)
    client.__dict__["_process_response"] = MethodType(process, client)
    for name in _CLONES:
        if callable(getattr(kind, name, None)):
            client.__dict__[name] = MethodType(_make_clone(kind, name, state), client)
    contain("track the resources", hook_resources, client, find_state)
    contain("track the resources that are there", shim_known_resources, client, core.settings.keep_tags_on_wire)
    contain("track raw responses", remake_views, client)
    contain("look at a client", core.note_client, client)


def _make_clone(kind: Any, name: str, state: ClientState) -> Any:
    """A clone of a tracked client is tracked too."""

    def clone(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        made = method_of(self, name)(*args, **kwargs)
        contain("track a clone", attach, made, state.core)
        return made

    return functools.wraps(getattr(kind, name))(clone)
