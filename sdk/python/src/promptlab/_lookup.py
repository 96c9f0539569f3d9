"""What the class has behind a method of ours on one object."""

from __future__ import annotations

from types import MethodType
from typing import Any


def method_of(owner: Any, name: str) -> Any:
    """As `owner.<name>` gives it where nothing of ours stands: a mock that somebody put on the class is handed no `self`.

    Looked up at the moment of the call, so that what others put there before or after is heard.
    """
    kind = type(owner)
    for base in kind.__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            bind = getattr(type(found), "__get__", None)
            return found if bind is None else bind(found, owner, kind)
    return getattr(kind, name)


def is_method(value: Any) -> bool:
    """Whether this is, or can be, a method; a mock can not, and stands for itself."""
    return isinstance(value, MethodType) or hasattr(type(value), "__get__")
