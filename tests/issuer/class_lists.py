"""Somebody at the pages of a class list: opens, fills in, presses, as a browser without script."""

import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from httpx2 import Response
from sqlmodel import select

from issuer.tables import ListDraft, ListLine, Offer
from tests.issuer.office import Office

HTML = {"Accept": "text/html"}


@dataclass(slots=True)
class Desk:
    """One browser at one desk.

    Attributes:
        path: of the page that is open.
        page: what the page holds.
    """

    office: Office
    path: str = ""
    page: str = ""
    answers: list[int] = field(default_factory=list)

    def open(self, path: str) -> str:
        """Go to a page; says what a person reads there."""
        answer = self.office.client.get(path, headers=HTML)
        assert answer.status_code == 200, answer.text[:500]
        return self._arrive(answer)

    def _arrive(self, answer: Response) -> str:
        self.page, self.path = answer.text, answer.url.path
        return self.words()

    def words(self) -> str:
        """What a person reads on the open page."""
        body = re.sub(r"<(script|style|head).*?</\1>", " ", self.page, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the forms on the open page."""
        found = re.findall(r'type="hidden" name="(csrf_token|version)" value="([^"]*)"', self.page)
        return dict(found)

    def send(self, path: str, fields: dict[str, str], **more: object) -> Response:
        """Post a form of the open page; does not follow where it leads."""
        return self.office.client.post(
            path,
            data={**self.hidden(), **fields},
            headers=HTML,
            follow_redirects=False,
            **more,  # type: ignore[arg-type]  # files alone
        )

    def press(self, path: str, **fields: str) -> str:
        """Post a form and follow; says what a person reads then."""
        answer = self.send(path, fields)
        self.answers.append(answer.status_code)
        assert answer.status_code == 303, answer.text[-800:]
        return self.open(answer.headers["location"])

    def put_down(self, data: bytes, *, name: str = "klas.csv", **fields: str) -> str:
        """Choose a file; says what a person reads then."""
        self.open("/lists/new")
        answer = self.send("/lists", fields, files={"file": (name, data, "text/csv")})
        if answer.status_code != 303:
            self.page = answer.text
            return self.words()
        return self.open(answer.headers["location"])

    @property
    def base(self) -> str:
        """The address of the list whose page is open."""
        return "/".join(self.path.split("/")[:3])

    def row(self, line: int, **fields: str) -> str:
        """Post the form of one row."""
        return self.press(f"{self.base}/rows/{line}", **fields)

    def line(self, line: int) -> str:
        """What a person reads of one row."""
        found = re.search(rf'<tr[^>]*id="line-{line}".*?</tr>', self.page, flags=re.DOTALL)
        assert found is not None, line
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def offers_in(office: Office) -> list[Offer]:
    """Every offer there is."""
    with office.ports.database.reading() as session:
        return list(session.exec(select(Offer)))


def lines_in(office: Office) -> list[ListLine]:
    """Every row of a list that was given."""
    with office.ports.database.reading() as session:
        return list(session.exec(select(ListLine)))


def draft_in(office: Office) -> ListDraft:
    """The one list there is."""
    with office.ports.database.reading() as session:
        return session.exec(select(ListDraft)).one()


def all_bytes(directory: Path) -> bytes:
    """Everything that the issuer wrote to its directory."""
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())
