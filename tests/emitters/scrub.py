"""Takes out of what was exported whatever tells of the machine it ran on."""

from __future__ import annotations

import re
import socket
from typing import Any

# Attributes of a resource that name a process or a machine.
MACHINE = re.compile(r"^(process|host|os|container|k8s)\.|^service\.instance\.id$")
# Folders of packages and of the repository, in stack traces and file names.
PATH = re.compile(r"(?:/[\w.@+-]+)+/(?=(?:site-packages|dist-packages|node_modules|tests|sdk)/)")
PYTHON = re.compile(r"(?:/[\w.@+-]+)+/(?=lib/python3)")
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost):\d{2,5}")
# Of a stand-in on any port.
PORT = 8080


def scrub(value: Any, ports: set[int]) -> Any:
    """The same value without paths, ports of this run, process ids and the name of the machine."""
    if isinstance(value, str):
        text = LOOPBACK.sub(rf"\1:{PORT}", PYTHON.sub("/", PATH.sub("/", value)))
        return text.replace(socket.gethostname(), "machine") if len(socket.gethostname()) > 3 else text
    if isinstance(value, list):
        return [scrub(entry, ports) for entry in value if not _is_of_machine(entry)]
    if not isinstance(value, dict):
        return value
    if "intValue" in value and str(value["intValue"]) in {str(port) for port in ports}:
        return {**value, "intValue": type(value["intValue"])(PORT)}
    return {name: scrub(member, ports) for name, member in value.items()}


def _is_of_machine(entry: Any) -> bool:
    return isinstance(entry, dict) and "value" in entry and bool(MACHINE.match(str(entry.get("key", ""))))
