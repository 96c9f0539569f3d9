"""The instances of this process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional

from ._options import env_key
from .delivery import process

if TYPE_CHECKING:
    from ._core import Core
    from ._lab import PromptLab

_MAX_INSTANCES = 100


class Shared:
    """Equal options share one instance, and the first that records anything takes the steps of `trace()`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._instances: dict[Any, PromptLab] = {}
        self._default: Optional[PromptLab] = None
        # The first instance that records anything takes the steps of `trace()`.
        self._span_lab: Optional[PromptLab] = None

    def renew_lock(self) -> None:
        self._lock = threading.RLock()

    def become_default(self, lab: PromptLab) -> None:
        with self._lock:
            if self._span_lab is not None:
                return
            self._default = lab
            if lab._core.is_enabled:
                self._span_lab = lab

    def forget(self, lab: PromptLab) -> None:
        with self._lock:
            if self._default is lab:
                self._default = None
            if self._span_lab is lab:
                self._span_lab = None
            self._instances = {key: known for key, known in self._instances.items() if known is not lab}

    def instance_for(self, options: Mapping[str, Any], make: Callable[..., PromptLab]) -> PromptLab:
        """Equal options share one instance, and with it one queue."""
        key = _key_of(options)
        with self._lock:
            lab = self._instances.get(key)
            if lab is None:
                lab = make(**options)
                self._instances[key] = lab
                self._forget_idle()
            return lab

    def _forget_idle(self) -> None:
        """A program that makes options per request must not make a leak; its clients keep their instance alive."""
        if len(self._instances) <= _MAX_INSTANCES:
            return
        for key, lab in self._instances.items():
            if lab._core.delivery.pending == 0:
                del self._instances[key]
                return

    def all(self) -> list[PromptLab]:
        with self._lock:
            labs = list(self._instances.values())
            if self._default is not None and self._default not in labs:
                labs.append(self._default)
            return labs

    def span_core(self, make: Callable[..., PromptLab]) -> Optional[Core]:
        """Steps go to the first instance of the process, else to one from the environment. Found when the step ends."""
        if self._span_lab is None and self._default is None:
            self.instance_for({}, make)
        lab = self._span_lab
        return lab._core if lab is not None else None


SHARED = Shared()
# In a child: the lock may have been held by a thread that is not there.
process.after_fork(SHARED.renew_lock)


def _key_of(options: Mapping[str, Any]) -> Any:
    """What tells two sets of options apart; functions by identity."""
    given = sorted((name, repr(value) if not callable(value) else id(value)) for name, value in options.items())
    return env_key(), tuple((name, str(value)) for name, value in given)
