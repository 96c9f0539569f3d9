"""What a step was given and what it gave back, copied when it is told: later edits by the caller are not recorded."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional

from .record.copier import Copier
from .record.credentials import hide_credentials_in

if TYPE_CHECKING:
    from ._core import Core

# Values of the input, and of the output: with the metadata they stay below what the server takes of one record.
_CONTENT_VALUES = 40_000


class SpanContent:
    """Where nothing is recorded, nothing is copied."""

    __slots__ = ("_find_core", "_values", "size")

    def __init__(self, find_core: Callable[[], Optional[Core]]) -> None:
        self._find_core = find_core
        self._values: dict[str, Any] = {}
        # Rough bytes as JSON.
        self.size = 0

    def keep(self, **given: Any) -> None:
        """`input`, `output`; None is not given."""
        core = self._find_core()
        if core is None or not core.is_enabled:
            return
        settings = core.settings
        allowed = {"input": settings.capture_input, "output": settings.capture_output}
        for name, value in given.items():
            if value is None or not allowed[name]:
                continue
            copier = Copier(settings.field_bytes, _CONTENT_VALUES)
            copy = copier.copy(value)
            hide_credentials_in(copy)
            self._values[name] = copy
            self.size += copier.size

    def keep_result(self, value: Any) -> None:
        """What a function returned, where nobody said another output."""
        if "output" not in self._values:
            self.keep(output=value)

    def add_to(self, record: dict[str, Any]) -> None:
        """Puts what was kept into the record of the step."""
        record.update(self._values)


def arguments_of(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments by name, without the object that a method is called on."""
    try:
        given = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {"args": list(args), **kwargs}
    first = next(iter(given), None)
    if first in ("self", "cls"):
        del given[first]
    return given
