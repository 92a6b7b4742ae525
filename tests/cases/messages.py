"""Cases of OpenID4VCI 1.0 messages: offers and their links, metadata, tokens, answers."""

import json
from urllib.parse import quote

from credentials.encoding import JsonObject, JsonValue, b64url_encode, compact_json
from credentials.openid4vc.credential import create_request, parse_response
from credentials.openid4vc.message import is_https_url, origin, write_message
from credentials.openid4vc.metadata import issuer_metadata_url, parse_issuer_metadata
from credentials.openid4vc.nonce import parse_nonce_response
from credentials.openid4vc.offer import CredentialOffer, parse_offer, parse_offer_link
from credentials.openid4vc.token import create_token_request, parse_token_response
from tests.cases.case import Case

ISSUER = "https://issuer.example/o/school"
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
OFFER: JsonObject = {
    "credential_issuer": ISSUER,
    "credential_configuration_ids": ["heftruck.dc+sd-jwt"],
    "grants": {GRANT: {"pre-authorized_code": "c0de", "tx_code": {"length": 6}}},
}
METADATA: JsonObject = {
    "credential_issuer": ISSUER,
    "credential_endpoint": f"{ISSUER}/credential",
    "nonce_endpoint": f"{ISSUER}/nonce",
    "display": [{"name": "De school", "locale": "nl-NL"}, {"name": "The school", "locale": "en"}],
    "batch_credential_issuance": {"batch_size": 5},
    "credential_configurations_supported": {
        "heftruck.dc+sd-jwt": {
            "format": "dc+sd-jwt",
            "vct": "https://skillspass.example/types/heftruck",
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
            "credential_metadata": {"display": [{"name": "Heftruck", "locale": "nl"}]},
        },
        "badge": {
            "format": "ldp_vc",
            "credential_definition": {"type": ["VerifiableCredential", "https://x.example/b"]},
        },
    },
}


def offer(**change: JsonValue) -> JsonObject:
    """The offer with members replaced, or taken out by None."""
    return {name: value for name, value in (OFFER | change).items() if value is not None}


def granted(**grant: JsonValue) -> JsonObject:
    """The offer with another grant."""
    return offer(grants={GRANT: {"pre-authorized_code": "c0de", **grant}})


OFFERS: dict[str, JsonObject] = {
    "whole": OFFER,
    "no grants": offer(grants=None),
    "other grants": offer(grants={"authorization_code": {"issuer_state": "x"}}),
    "empty tx_code": granted(tx_code={}),
    "no tx_code": granted(),
    "text tx_code": granted(tx_code={"input_mode": "text", "length": 8, "description": "x"}),
    "own server": granted(authorization_server="https://as.example"),
    "null grants": {**OFFER, "grants": None},
    "unknown members": offer(x={"y": 1}),
    "no issuer": offer(credential_issuer=None),
    "issuer http": offer(credential_issuer="http://issuer.example"),
    "no ids": offer(credential_configuration_ids=None),
    "empty ids": offer(credential_configuration_ids=[]),
    "empty id": offer(credential_configuration_ids=[""]),
    "id twice": offer(credential_configuration_ids=["a", "a"]),
    "ids no list": offer(credential_configuration_ids="a"),
    "id no text": offer(credential_configuration_ids=[1]),
    "51 ids": offer(credential_configuration_ids=[f"n{i}" for i in range(51)]),
    "empty code": granted(**{"pre-authorized_code": ""}),
    "code no text": granted(**{"pre-authorized_code": 5}),
    "tx_code no object": granted(tx_code=True),
    "odd input_mode": granted(tx_code={"input_mode": "voice"}),
    "length 0": granted(tx_code={"length": 0}),
    "length 65": granted(tx_code={"length": 65}),
    "length text": granted(tx_code={"length": "6"}),
    "long description": granted(tx_code={"description": "x" * 301}),
    "server http": granted(authorization_server="http://as.example"),
    "grants no object": offer(grants=[]),
}

_VALUE = quote(json.dumps(OFFER))
_URI = "https://issuer.example/o/1"
LINKS = [
    *(_URI, f"  {_URI}\n", f"https://wallet.example/o#{_URI}", f"https://wallet.example/#x={_URI}"),
    f"openid-credential-offer://?credential_offer_uri={quote(_URI, safe='')}",
    f"OPENID-CREDENTIAL-OFFER://?credential_offer_uri={quote(_URI, safe='')}",
    f"haip-vci://?credential_offer_uri={quote(_URI, safe='')}",
    f"openid-credential-offer://?credential_offer={_VALUE}",
    f"https://wallet.example/o?credential_offer={_VALUE}",
    f"https://wallet.example/o#credential_offer_uri={quote(_URI, safe='')}",
    f"haip-vci://?credential_offer_uri={quote(_URI, safe='')}&credential_offer={_VALUE}",
    f"https://w.example/?credential_offer_uri={_URI}#credential_offer_uri={_URI}",
    *("", "x", "http://issuer.example/o/1", "ftp://issuer.example", "openid4vp://?x=1"),
    "haip-vci://?credential_offer_uri=http%3A%2F%2Fissuer.example",
    *("haip-vci://?credential_offer={", "haip-vci://?credential_offer=%ff", "haip-vci://?x=1"),
    *("javascript:alert(1)", "https://user@issuer.example/o", "https://" + "a" * 17_000),
]

URLS = [
    *(
        "https://x.example",
        "https://x.example/",
        "https://x.example:8443/a?b=c",
        "https://X.EXAMPLE",
    ),
    *(
        "HTTPS://x.example/a",
        "https://x.example:443/a",
        "https://x.example#",
        "https://x.example#a",
    ),
    *(
        "http://x.example",
        "https://",
        "https:///a",
        "https://user@x.example",
        "https://u:p@x.example",
    ),
    *(
        "https://x.example:0/",
        "https://x.example:99999/",
        "https://x.example:a/",
        "https://x .example",
    ),
    *("https://x.example/a b", "https://x.example/\u00e9", "https:\\\\x.example", "//x.example"),
    *("https://x.example\\@evil.example", "https://[::1", "x", ""),
    "https://x.example/" + "a" * 2040,
]


def metadata(**change: JsonValue) -> JsonObject:
    """The metadata with members replaced, or taken out by None."""
    return {name: value for name, value in (METADATA | change).items() if value is not None}


def configured(**change: JsonValue) -> JsonObject:
    """The metadata with one configuration of other members."""
    one: JsonObject = {"format": "dc+sd-jwt", "vct": "https://x.example", **change}
    kept: JsonObject = {name: value for name, value in one.items() if value is not None}
    return metadata(credential_configurations_supported={"a": kept})


ISSUERS: dict[str, JsonObject] = {
    "whole": METADATA,
    "of another": metadata(credential_issuer="https://evil.example"),
    "no endpoint": metadata(credential_endpoint=None),
    "endpoint http": metadata(credential_endpoint="http://x.example"),
    "nonce http": metadata(nonce_endpoint="http://x.example"),
    "servers": metadata(authorization_servers=["https://as.example"]),
    "empty servers": metadata(authorization_servers=[]),
    "server http": metadata(authorization_servers=["http://as.example"]),
    "no configurations": metadata(credential_configurations_supported=None),
    "configurations no object": metadata(credential_configurations_supported=[]),
    "batch of one": metadata(batch_credential_issuance={"batch_size": 1}),
    "empty display": metadata(display=[]),
    "display name number": metadata(display=[{"name": 1}]),
    "no format": configured(format=None),
    "vct number": configured(vct=1),
    "proof without algorithms": configured(proof_types_supported={"jwt": {}}),
    "numeric algorithm": configured(
        proof_types_supported={"jwt": {"proof_signing_alg_values_supported": [-7]}}
    ),
}

TOKENS: dict[str, JsonObject] = {
    "bearer": {"access_token": "t", "token_type": "Bearer", "expires_in": 60},
    "in capitals": {"access_token": "t", "token_type": "BEARER"},
    "dpop": {"access_token": "t", "token_type": "DPoP"},
    "no type": {"access_token": "t"},
    "no token": {"token_type": "Bearer"},
    "empty token": {"access_token": "", "token_type": "Bearer"},
    "token number": {"access_token": 1, "token_type": "Bearer"},
    "negative life": {"access_token": "t", "token_type": "Bearer", "expires_in": -1},
    "error": {"error": "invalid_grant"},
}

RESPONSES: dict[str, JsonObject] = {
    "one": {"credentials": [{"credential": "a~"}], "notification_id": "n"},
    "two": {"credentials": [{"credential": "a~"}, {"credential": {"a": 1}}]},
    "deferred": {"transaction_id": "t", "interval": 5},
    "deferred without interval": {"transaction_id": "t"},
    "interval alone": {"credentials": [{"credential": "a~"}], "interval": 5},
    "both": {"credentials": [{"credential": "a~"}], "transaction_id": "t", "interval": 5},
    "neither": {},
    "empty": {"credentials": []},
    "no credential": {"credentials": [{}]},
    "credential number": {"credentials": [{"credential": 1}]},
    "notified deferral": {"transaction_id": "t", "interval": 5, "notification_id": "n"},
    "interval 0": {"transaction_id": "t", "interval": 0},
    "empty transaction": {"transaction_id": "", "interval": 1},
    "51": {"credentials": [{"credential": "a~"}] * 51},
}

NONCES: dict[str, JsonObject] = {
    "sound": {"c_nonce": "n"},
    "empty": {"c_nonce": ""},
    "none": {},
    "number": {"c_nonce": 1},
}


def cases() -> list[Case]:
    """Everything of this subject."""
    groups: dict[str, dict[str, JsonObject]] = {
        "offer": OFFERS,
        "issuer": ISSUERS,
        "token": TOKENS,
        "response": RESPONSES,
        "nonce": NONCES,
    }
    found = [
        Case(f"{kind} {name}", kind, {"document": document})
        for kind, group in groups.items()
        for name, document in group.items()
    ]
    found += [Case(f"link {i}", "link", {"text": text}) for i, text in enumerate(LINKS)]
    found += [Case(f"url {i}", "url", {"text": text}) for i, text in enumerate(URLS)]
    identifiers = [ISSUER, "https://x.example", "https://x.example/", "https://x.example/a/?b"]
    found += [
        Case(f"well-known {i}", "well-known", {"text": text}) for i, text in enumerate(identifiers)
    ]
    return [
        *found,
        Case("token request", "token request", {"code": "c/0 d+é", "pin": "123456"}),
        Case("token request without PIN", "token request", {"code": "code"}),
        Case("credential request", "credential request", {"id": "a.b", "proofs": ["x.y.z", "u"]}),
    ]


def document(given: JsonObject) -> JsonObject:
    """The message of a case."""
    found = given["document"]
    assert isinstance(found, dict)
    return found


def offered(found: CredentialOffer) -> JsonObject:
    """What an offer says."""
    grant = found.grants and found.grants.pre_authorized
    tx = found.tx_code
    return {
        "issuer": found.credential_issuer,
        "ids": [*found.configuration_ids],
        "code": found.pre_authorized_code,
        "tx": {"numeric": tx.input_mode == "numeric", "length": tx.length} if tx else None,
        "server": grant.authorization_server if grant else None,
    }


def read_link(given: JsonObject) -> JsonValue:
    """What an offer link holds."""
    found = parse_offer_link(str(given["text"]))
    return offered(found.offer) if found.offer else found.uri


def read_issuer(given: JsonObject) -> JsonValue:
    """What an issuer says of itself."""
    found = parse_issuer_metadata(document(given), expected_issuer=ISSUER)
    batch = found.batch_credential_issuance
    return {
        "endpoint": found.credential_endpoint,
        "nonce": found.nonce_endpoint,
        "servers": [*(found.authorization_servers or [found.credential_issuer])],
        "batch": batch.batch_size if batch else 1,
        "names": {(each.locale or ""): each.name for each in found.display or []},
        "configurations": {
            name: [each.format, each.vct]
            for name, each in found.credential_configurations_supported.items()
        },
    }


def read_response(given: JsonObject) -> JsonValue:
    """The credentials, or the handle of a deferred issuance."""
    found = parse_response(document(given))
    return [[*found.wires()], found.transaction_id, found.notification_id]


def write_token_request(given: JsonObject) -> JsonValue:
    """The form body."""
    pin = given.get("pin")
    return create_token_request(
        str(given["code"]), tx_code=str(pin) if pin is not None else None
    ).decode()


def write_credential_request(given: JsonObject) -> JsonValue:
    """The JSON body."""
    proofs = given["proofs"]
    assert isinstance(proofs, list)
    request = create_request(str(given["id"]), [str(proof) for proof in proofs])
    return b64url_encode(compact_json(write_message(request)))


ANSWERS = {
    "offer": lambda given: offered(parse_offer(document(given))),
    "link": read_link,
    "url": lambda given: origin(url) if is_https_url(url := str(given["text"])) else None,
    "well-known": lambda given: issuer_metadata_url(str(given["text"])),
    "issuer": read_issuer,
    "token": lambda given: parse_token_response(document(given)).access_token,
    "response": read_response,
    "nonce": lambda given: parse_nonce_response(document(given)).c_nonce,
    "token request": write_token_request,
    "credential request": write_credential_request,
}
