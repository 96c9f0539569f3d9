"""Keyword shims on the resources of a tracked client: they take our arguments off, and send them along to `request`."""

from __future__ import annotations

import functools
import importlib.machinery
import inspect
import sys
from types import MethodType
from typing import Any, Callable, Optional, Sequence

from ._ambient import AMBIENT
from ._extras import CARRIER, NAMES
from ._lookup import is_method, method_of
from ._warn import contain

# The classes of resources that call a model, without the "Async" in front and the "Resource" behind that some clients have,
# and the methods on them that do.
_RESOURCES = frozenset(
    ("Completions", "Responses", "Embeddings", "Images", "Transcriptions", "Translations", "Speech", "Moderations")
)
_METHODS = ("create", "parse", "stream", "compact", "generate", "edit", "create_variation")
_VIEWS = ("with_raw_response", "with_streaming_response")
_hooked: set[type] = set()

FindState = Callable[[Any], Any]


def shim_resource(resource: Any, keeps_tags: bool) -> None:
    """Puts the shims on one resource. Anything else is left as it is."""
    kind = type(resource)
    if kind.__name__.replace("Async", "", 1).removesuffix("Resource") not in _RESOURCES:
        return
    for name in _METHODS:
        original = getattr(kind, name, None)
        if original is not None and name not in resource.__dict__:
            resource.__dict__[name] = MethodType(_make_shim(original, name, keeps_tags), resource)
    remake_views(resource)


def remake_views(owner: Any) -> None:
    """`with_raw_response` and the like hold the methods as they were. Made again in place: the user may hold them too."""
    for name in _VIEWS:
        view = owner.__dict__.get(name)
        if view is not None:
            view.__dict__.clear()
            view.__init__(owner)


def _make_shim(original: Any, name: str, keeps_tags: bool) -> Any:
    def shim(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        method = method_of(self, name)
        if NAMES.isdisjoint(kwargs) and AMBIENT.get() is None:
            return method(*args, **kwargs)
        try:
            kwargs = carry(kwargs, keeps_tags) if is_method(method) else without_extras(kwargs)
        except Exception:  # noqa: BLE001 -- whatever breaks, our arguments come off
            kwargs = without_extras(kwargs)
        return method(*args, **kwargs)

    if not is_method(original):
        # A mock of this moment has nothing that the shim should look like.
        shim.__name__ = name
        return shim
    functools.update_wrapper(shim, original)
    return _like_coroutine_function(shim, original) if inspect.iscoroutinefunction(original) else shim


def without_extras(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the library alone."""
    return {key: value for key, value in kwargs.items() if key not in NAMES}


def carry(kwargs: dict[str, Any], keeps_tags: bool) -> dict[str, Any]:
    """The arguments without ours, which go along in a header that `request` takes off again."""
    rest = dict(kwargs)
    extras = {name: rest.pop(name) for name in NAMES if name in rest}
    headers = rest.get("extra_headers") or {}
    before = headers.get(CARRIER) if headers else None
    if before:
        # A helper that calls another method of the same resource.
        extras = {**before["extras"], **extras}
    ambient = before["ambient"] if before else AMBIENT.get()
    rest["extra_headers"] = {**headers, CARRIER: {"extras": extras, "ambient": ambient}}
    if keeps_tags and "tags" in extras:
        rest["extra_body"] = {**(rest.get("extra_body") or {}), "tags": extras["tags"]}
    return rest


class _LikeCoroutineFunction:
    """A plain callable that `inspect` takes for the coroutine function it stands for.

    The library's coroutine is made at once, so that its arguments are checked at once; an `async def` of ours would
    check them only when awaited.
    """

    def __init__(self, shim: Any, original: Any) -> None:
        functools.update_wrapper(self, original)
        self._shim = shim
        for name in ("__code__", "__defaults__", "__kwdefaults__"):
            setattr(self, name, getattr(original, name, None))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._shim(*args, **kwargs)


def _like_coroutine_function(shim: Any, original: Any) -> Any:
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(shim)
    if sys.version_info >= (3, 11) or "asyncio" not in sys.modules:
        return _LikeCoroutineFunction(shim, original)
    # What these versions look for; `inspect` cannot be told there.
    shim._is_coroutine = sys.modules["asyncio"].coroutines._is_coroutine
    return _LikeCoroutineFunction(shim, original) if _reads_shape() else shim


@functools.lru_cache(maxsize=None)
def _reads_shape() -> bool:
    async def original() -> None: ...

    return inspect.iscoroutinefunction(MethodType(_LikeCoroutineFunction(original, original), object()))


def shim_known_resources(client: Any, keeps_tags: bool) -> None:
    """Those that the user has read already."""
    _walk(client, keeps_tags, 0)


def _walk(owner: Any, keeps_tags: bool, depth: int) -> None:
    for value in list(getattr(owner, "__dict__", {}).values()):
        if depth < 4 and hasattr(value, "_client") and hasattr(value, "_post") and hasattr(value, "__dict__"):
            shim_resource(value, keeps_tags)
            remake_views(value)
            _walk(value, keeps_tags, depth + 1)


def hook_resources(client: Any, find_state: FindState) -> None:
    """From now on a resource made for a tracked client gets its shims when it is made.

    Once per library and process. Where the module of the resources is not imported yet, it is not imported by us: the
    hook waits for it.
    """
    for kind in type(client).__mro__:
        if "_process_response" not in vars(kind):
            continue
        name = f"{kind.__module__.rpartition('.')[0]}._resource"
        module = sys.modules.get(name)
        if module is not None:
            _hook_module(module, find_state)
        elif not any(isinstance(finder, _Waiting) and finder.name == name for finder in sys.meta_path):
            sys.meta_path.insert(0, _Waiting(name, find_state))
        return


def _hook_module(module: Any, find_state: FindState) -> None:
    for name in ("SyncAPIResource", "AsyncAPIResource"):
        kind = getattr(module, name, None)
        if kind is not None and kind not in _hooked:
            _hooked.add(kind)
            _hook_class(kind, find_state)


def _hook_class(kind: Any, find_state: FindState) -> None:
    original = kind.__init__

    def __init__(self: Any, client: Any, *args: Any, **kwargs: Any) -> None:
        original(self, client, *args, **kwargs)
        state = find_state(client)
        if state is not None:
            contain("track a resource", shim_resource, self, state.core.settings.keep_tags_on_wire)

    kind.__init__ = functools.wraps(original)(__init__)


class _Waiting:
    """Hears of one module's import, then is gone. The import itself is the business of the other finders."""

    def __init__(self, name: str, find_state: FindState) -> None:
        self.name = name
        self._find_state = find_state

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Any = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        """The spec of the one module, whose loader runs our hook after the module."""
        if name != self.name:
            return None
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None) if finder is not self else None
            spec: Optional[importlib.machinery.ModuleSpec] = find(name, path, target) if find else None
            if spec is not None:
                contain("wait for the resources", self._hook_loader, spec)
                return spec
        return None

    def _hook_loader(self, spec: importlib.machinery.ModuleSpec) -> None:
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            # Only now: somebody may look for the module without importing it.
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            execute(module)
            contain("track the resources", _hook_module, module, self._find_state)

        loader.exec_module = exec_module
