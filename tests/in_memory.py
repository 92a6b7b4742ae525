"""The other side of ``service.fetch.Http`` in tests: real applications, no socket."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.testclient import TestClient

from credentials.errors import RejectedError, UndeterminedError
from service.fetch import DOCUMENTS, JSON, Fetched
from service.settings import origin_of


class InMemoryHttp:
    """Sends each request to the application that answers for its https origin.

    Attributes:
        clients: exact https origin, to the test client of the application.
        asked: every URL that was asked for, in order.
    """

    def __init__(self, clients: Mapping[str, TestClient]) -> None:
        """Connect the applications; the mapping may be filled later."""
        self.clients, self.asked = clients, list[str]()

    def get(
        self, url: str, *, accept: Sequence[str] = JSON, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Ask an application for a document."""
        asked = {"Accept": ", ".join(accept), **(headers or {})}
        return self._send("GET", url, headers=asked, content=None)

    def post(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Send an application a message."""
        sent = {"Accept": "application/json", **(headers or {}), "Content-Type": content_type}
        return self._send("POST", url, headers=sent, content=body)

    def get_body(self, url: str) -> bytes:
        """The body of a document that was found."""
        fetched = self.get(url, accept=DOCUMENTS)
        if fetched.status != 200:
            raise UndeterminedError("fetch_failed", f"status {fetched.status}")
        return fetched.body

    def _send(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None
    ) -> Fetched:
        self.asked.append(url)
        client = self.clients.get(origin_of(url))
        if client is None:
            raise UndeterminedError("fetch_failed", "no application answers there")
        parts = urlsplit(url)
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        answer = client.request(
            method, target, headers=dict(headers), content=content, follow_redirects=False
        )
        if answer.is_redirect:
            raise RejectedError("redirect_forbidden", f"status {answer.status_code}")
        return Fetched.of(answer.status_code, answer.content, answer.headers)
