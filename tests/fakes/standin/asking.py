"""A client of a few lines for tests of the stand-in itself: it logs in and keeps the cookies."""

import base64
import http.client
import json
from types import TracebackType
from typing import Any, Self

from tests.fakes.twc import StandIn

BASIC = {"Authorization": "Basic " + base64.b64encode(b"reader:secret").decode()}


class Client:
    """One connection. What it was answered last stands in its fields."""

    def __init__(self, server: StandIn, seconds: float = 5) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)
        self.cookies = ""
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> int:
        """Send a request and keep the whole answer; return its status."""
        if self.cookies:
            headers["Cookie"] = self.cookies
        self._connection.request(method, f"/osmc{path}", body, headers)
        answer = self._connection.getresponse()
        self.status, self.headers = answer.status, answer.getheaders()
        self.body = answer.read()
        return self.status

    def login(self) -> int:
        """Log in as reader."""
        self.ask("GET", "/login", **BASIC)
        self.cookies = "; ".join(v.partition(";")[0] for v in self.all("Set-Cookie"))
        return self.status

    def get(self, path: str) -> Any:
        """Return the JSON that a path answers."""
        self.ask("GET", path)
        return json.loads(self.body)

    def batch(self, path: str, ids: list[str]) -> Any:
        """Return what a batch in the JSON form answers."""
        self.ask("POST", path, json.dumps(ids))
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        """Return the values of a header of the last answer."""
        return [value for key, value in self.headers if key == name]
