"""The programs' interfaces of a running issuer and verifier, as the journey uses them."""

from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.errors import RejectedError, UndeterminedError
from credentials.model import Wire
from service.fetch import Fetched, Http
from wallet.holder.outside import JSON_TYPE, answer_object

DONE = {HTTPStatus.OK, HTTPStatus.CREATED}


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of the issuer: link and PIN, which travel apart outside of a journey."""

    id: str
    line: int | None
    link: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedList:
    """What a class list gave."""

    offers: tuple[Offer, ...]
    not_issued: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the verifier."""

    id: str
    link: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Issuer and verifier, reached over HTTP.

    Attributes:
        issuer: https origin in everything that travels; the fetcher maps it where it must.
        verifier: likewise.
        issuer_key: the operator's API key.
        verifier_key: the firm's API key.
    """

    http: Http
    issuer: str
    verifier: str
    issuer_key: str = field(repr=False)
    verifier_key: str = field(repr=False)

    def post_list(self, text: str, *, format_id: str) -> IssuedList:
        """Offer a proof to everyone on a class list who passed.

        Raises:
            RejectedError: ``list_refused``: the issuer found faults that hold it back.
        """
        address = f"{self.issuer}/api/lists?{urlencode({'format': format_id})}"
        document = self._sent(
            self.http.post(
                address,
                body=text.encode(),
                content_type="text/csv",
                headers=_bearer(self.issuer_key),
            ),
            "list_refused",
        )
        entries = _objects(document.get("not_issued"))
        return IssuedList(
            offers=tuple(_offer(entry) for entry in _objects(document.get("offers"))),
            not_issued=tuple((_number(each.get("line")), str(each["reason"])) for each in entries),
        )

    def offer(self, type_id: str, format_id: str, claims: JsonObject) -> Offer:
        """Offer one proof.

        Raises:
            RejectedError: ``offer_refused``.
        """
        wish: JsonObject = {"type": type_id, "format": format_id, "claims": claims}
        answer = self.http.post(
            f"{self.issuer}/api/offers",
            body=compact_json(wish),
            content_type=JSON_TYPE,
            headers=_bearer(self.issuer_key),
        )
        return _offer(self._sent(answer, "offer_refused"))

    def set_status(self, offer: Offer, status: str) -> None:
        """Withdraw, pause or resume the proof that an offer led to.

        Raises:
            RejectedError: ``status_refused``.
        """
        headers = _bearer(self.issuer_key)
        found = self.http.get(f"{self.issuer}/api/offers/{offer.id}", headers=headers)
        issued_id = str(self._sent(found, "status_refused").get("issued_id"))
        answer = self.http.post(
            f"{self.issuer}/api/issued/{issued_id}/status",
            body=compact_json({"status": status, "reason": "journey"}),
            content_type=JSON_TYPE,
            headers=headers,
        )
        self._sent(answer, "status_refused")

    def ask(self, preset: str) -> Asked:
        """Make a request.

        Raises:
            RejectedError: ``ask_refused``.
        """
        answer = self.http.post(
            f"{self.verifier}/api/requests",
            body=compact_json({"preset": preset}),
            content_type=JSON_TYPE,
            headers=_bearer(self.verifier_key),
        )
        document = self._sent(answer, "ask_refused")
        return Asked(id=str(document["id"]), link=str(document["link"]))

    def verdict(self, asked: Asked) -> JsonObject:
        """The verdict about the answer to a request.

        Raises:
            UndeterminedError: ``verdict_missing``: there is none yet.
        """
        address = f"{self.verifier}/api/requests/{asked.id}"
        answer = self.http.get(address, headers=_bearer(self.verifier_key))
        verdict = self._sent(answer, "verdict_missing").get("verdict")
        if not isinstance(verdict, dict):
            raise UndeterminedError("verdict_missing", "no answer yet")
        return verdict

    def check(self, wire: Wire, *, policy: str) -> JsonObject:
        """The verdict about a proof that came without a request.

        Raises:
            RejectedError: ``check_refused``.
        """
        answer = self.http.post(
            f"{self.verifier}/api/check",
            body=compact_json({"presentation": wire, "policy": policy}),
            content_type=JSON_TYPE,
        )
        return self._sent(answer, "check_refused")

    @staticmethod
    def _sent(answer: Fetched, code: str) -> JsonObject:
        document = answer_object(answer)
        if answer.status not in DONE:
            raise RejectedError(code, f"status {answer.status}, {document.get('code')}")
        return document


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _offer(entry: JsonObject) -> Offer:
    line = entry.get("line")
    return Offer(
        id=str(entry["id"]),
        line=line if isinstance(line, int) else None,
        link=str(entry["offer_uri"]),
        pin=str(entry["tx_code"]),
    )


def _objects(value: JsonValue) -> list[JsonObject]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0
