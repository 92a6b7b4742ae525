"""Ask the running verifier: a client of its own API, for the command line."""

from credentials.encoding import JsonObject, compact_json, parse_json_object
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from service.fetch import Fetched, Fetcher
from verifier import keys
from verifier.settings import VerifierSettings


def ask(question: JsonObject) -> JsonObject:
    """Make a request: ``id``, ``client_id``, ``request_uri``, ``link``, ``expires_at``.

    Args:
        question: the body of ``POST /api/requests``.

    Raises:
        RejectedError: ``preset_unknown``, ``vacancy_unknown``, ``declaration_invalid``,
            ``unauthorized``.
        UndeterminedError: ``verifier_unreachable``.
    """
    settings = VerifierSettings()
    fetcher = _fetcher(settings)
    try:
        fetched = fetcher.post(
            f"{settings.identifier}/api/requests",
            body=compact_json(question),
            content_type="application/json",
            headers=_headers(settings),
        )
    except UndeterminedError as error:
        raise UndeterminedError("verifier_unreachable", settings.public_url) from error
    finally:
        fetcher.close()
    return _read(fetched, expected=201)


def answer(request_id: str) -> JsonObject:
    """The state of a request, and its verdict once there is one.

    Raises:
        RejectedError: ``not_found``, ``unauthorized``.
        UndeterminedError: ``verifier_unreachable``.
    """
    if not request_id.replace("-", "").replace("_", "").isalnum():
        raise RejectedError("not_found", "no id of a request")
    settings = VerifierSettings()
    fetcher = _fetcher(settings)
    try:
        fetched = fetcher.get(
            f"{settings.identifier}/api/requests/{request_id}",
            accept=("application/json", "application/problem+json"),
            headers=_headers(settings),
        )
    except UndeterminedError as error:
        raise UndeterminedError("verifier_unreachable", settings.public_url) from error
    finally:
        fetcher.close()
    return _read(fetched, expected=200)


def _fetcher(settings: VerifierSettings) -> Fetcher:
    return Fetcher(dev_origins=settings.dev_origins, own_addresses=settings.own_addresses)


def _headers(settings: VerifierSettings) -> dict[str, str]:
    return {"Authorization": f"Bearer {keys.api_key(settings)}"}


def _read(fetched: Fetched, *, expected: int) -> JsonObject:
    try:
        document = parse_json_object(fetched.body)
    except CredentialError as error:
        raise UndeterminedError("verifier_unreachable", "no answer of a verifier") from error
    if fetched.status != expected:
        raise RejectedError(str(document.get("code", "unknown")), f"status {fetched.status}")
    return document
