"""One upload: bytes out, an answer in. Knows HTTP, knows no queue."""

from __future__ import annotations

import json
import os
import select
import time
from typing import Any, Callable, Mapping, Optional
from urllib.parse import unquote, urlsplit

from .retry import parse_retry_after

PATHS = {"log": "/api/v1/logs", "span": "/api/v1/spans"}
# Idle for longer, a connection is opened anew: servers close them after some seconds.
_MAX_IDLE = 4.0
_MAX_ANSWER_BYTES = 10_000_000


class Request:
    """What a `transport` is handed: one upload."""

    __slots__ = ("body", "headers", "method", "timeout", "url")

    def __init__(self, url: str, headers: dict[str, str], body: bytes, timeout: float) -> None:
        self.method = "POST"
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout


class Response:
    """What a `transport` gives back."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: Optional[Mapping[str, str]] = None) -> None:
        self.status = status
        self.body = body
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}


class Outcome:
    """What came of an upload. `kind`: `answered`, `refused`, `unreadable` or `unreachable`."""

    __slots__ = ("http_status", "kind", "message", "receipts", "retry_after")

    def __init__(
        self,
        kind: str,
        message: str = "",
        *,
        receipts: Any = None,
        http_status: Optional[int] = None,
        retry_after: float = 0,
    ) -> None:
        self.kind = kind
        self.message = message
        self.receipts: list[Any] = receipts if isinstance(receipts, list) else []
        self.http_status = http_status
        self.retry_after = retry_after


class Transport:
    """Sends to one server. Used by one thread at a time."""

    def __init__(
        self, *, base_url: str, api_key: str, user_agent: str, gzip_above_bytes: float,
        send: Optional[Callable[[Request], Response]],
    ) -> None:  # fmt: skip
        self._base_url = base_url
        self._headers = {
            "authorization": f"Bearer {api_key}",
            "content-type": "application/json",
            "user-agent": user_agent,
            "x-promptlab-sdk": user_agent,
        }
        self._gzip_above_bytes = gzip_above_bytes
        self._sender = HttpSender()
        self._send = send or self._sender.send
        self._may_compress = True

    def close(self) -> None:
        """Lets the connection go."""
        self._sender.close()

    def abandon(self) -> None:
        """In a child process: the connection is the parent's."""
        self._sender.abandon()

    def post(self, kind: str, body: bytes, timeout: float) -> Outcome:
        """Never raises."""
        outcome = self._post(kind, body, timeout, self._may_compress and len(body) >= self._gzip_above_bytes)
        if outcome.http_status == 415 and self._may_compress:
            self._may_compress = False
            outcome = self._post(kind, body, timeout, False)
        return outcome

    def _post(self, kind: str, body: bytes, timeout: float, compresses: bool) -> Outcome:
        headers = dict(self._headers)
        if compresses:
            import gzip

            body = gzip.compress(body, 5)
            headers["content-encoding"] = "gzip"
        try:
            response = self._send(Request(self._base_url + PATHS[kind], headers, body, timeout))
            return read_answer(response)
        except BaseException as thrown:  # noqa: BLE001 -- whatever a network or a transport of the user's may raise
            return Outcome("unreachable", f"{type(thrown).__name__}: {thrown}"[:300])


def read_answer(response: Response) -> Outcome:
    """The answer in the words of the sender."""
    try:
        answer: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        answer = None
    status = response.status
    if isinstance(answer, dict) and isinstance(answer.get("results"), list):
        return Outcome("answered", receipts=answer["results"], http_status=status)
    if 200 <= status < 300:
        complaint = f"answered {status}, but not as PromptLab does; is the base URL right?"
        return Outcome("unreadable", complaint, http_status=status)
    error = answer.get("error") if isinstance(answer, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    text = message[:500] if isinstance(message, str) else f"answered {status}"
    location = response.headers.get("location")
    if 300 <= status < 400 and location:
        text = f"sent us on to {location[:500]}"
    retry_after = parse_retry_after(response.headers.get("retry-after"), time.time())
    return Outcome("refused", text, http_status=status, retry_after=retry_after)


class HttpSender:
    """`http.client` with one kept-alive connection, the proxies of the environment, and verified TLS."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._address: Optional[str] = None
        self._used_at = 0.0

    def send(self, request: Request) -> Response:
        """One exchange. A connection that the server closed while it was idle is opened anew, which is no try."""
        address = urlsplit(request.url)
        origin = f"{address.scheme}://{address.netloc}"
        is_reused = self._is_alive(origin)
        try:
            return self._exchange(request, origin)
        except (ConnectionError, BrokenPipeError, OSError) as thrown:
            self.close()
            if not is_reused or isinstance(thrown, TimeoutError) or "timed out" in str(thrown):
                raise
            return self._exchange(request, origin)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def abandon(self) -> None:
        """In a child process: gives back the descriptor and no more.

        To close the connection would wait for the lock of its reader, which a thread of the parent that is not here may
        have held at the fork; such a reader stays referenced by that thread's frames, so that nothing finalizes it either.
        """
        connection, self._connection = self._connection, None
        sock = None if connection is None else connection.sock
        if sock is not None:
            descriptor = sock.detach()
            if descriptor >= 0:
                os.close(descriptor)

    def _is_alive(self, origin: str) -> bool:
        if self._connection is None or self._connection.sock is None:
            return False
        is_idle = time.monotonic() - self._used_at > _MAX_IDLE
        # Something to read from a server that was asked nothing: its end.
        if self._address != origin or is_idle or _is_readable(self._connection.sock):
            self.close()
            return False
        return True

    def _exchange(self, request: Request, origin: str) -> Response:
        address = urlsplit(request.url)
        target = address.path + (f"?{address.query}" if address.query else "")
        headers = request.headers
        if self._connection is None:
            self._connection, self._proxy_headers = _connect(address, request.timeout)
            self._address = origin
        if self._proxy_headers is not None:
            target = request.url
            headers = {**headers, **self._proxy_headers}
        connection = self._connection
        deadline = time.monotonic() + request.timeout
        connection.timeout = request.timeout
        if connection.sock is not None:
            connection.sock.settimeout(request.timeout)
        connection.request(request.method, target, body=request.body, headers=headers)
        answer = connection.getresponse()
        body = _read(answer, connection, deadline)
        self._used_at = time.monotonic()
        if answer.will_close:
            self.close()
        return Response(answer.status, body, dict(answer.getheaders()))


def _read(answer: Any, connection: Any, deadline: float) -> bytes:
    """Under the same time limit as all else, also from a server that says one byte a second."""
    pieces: list[bytes] = []
    size = 0
    while size < _MAX_ANSWER_BYTES:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out while reading the answer")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = answer.read1(65_536)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    else:
        raise OSError("the answer is endless")
    # Read to its end, so that the connection can be used again: `read1` does not say so by itself.
    answer.close()
    return b"".join(pieces)


def _is_readable(sock: Any) -> bool:
    try:
        # `select` knows no descriptors above 1,023; for those, the second try helps.
        return bool(select.select([sock], [], [], 0)[0])
    except (OSError, ValueError):
        return False


def _connect(address: Any, timeout: float) -> tuple[Any, Optional[dict[str, str]]]:
    """The connection, and, where a proxy is to be told the whole URL, the headers for it."""
    import http.client
    import urllib.request

    host, port = address.hostname, address.port
    is_secure = address.scheme == "https"
    port = port or (443 if is_secure else 80)
    proxy = urllib.request.getproxies().get(address.scheme)
    if proxy and urllib.request.proxy_bypass(f"{host}:{port}"):
        proxy = None
    via = urlsplit(proxy if proxy and "://" in proxy else f"http://{proxy}") if proxy else None
    headers: dict[str, str] = {}
    if via is not None and via.username is not None:
        import base64

        pair = f"{unquote(via.username)}:{unquote(via.password or '')}".encode()
        headers["proxy-authorization"] = "Basic " + base64.b64encode(pair).decode()
    if via is not None:
        ends = via.hostname or "", via.port or (443 if via.scheme == "https" else 80)
    else:
        ends = host, port
    if not is_secure:
        return http.client.HTTPConnection(ends[0], ends[1], timeout=timeout), (headers if via is not None else None)
    import ssl

    connection = http.client.HTTPSConnection(ends[0], ends[1], timeout=timeout, context=ssl.create_default_context())
    if via is not None:
        connection.set_tunnel(host, port, headers=headers)
    return connection, None
