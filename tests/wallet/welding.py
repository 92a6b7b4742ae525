"""A welder with one certificate of a school that is not ours, and a firm that asks for it."""

import os
import secrets

from credentials import dids
from credentials.encoding import JsonObject, JsonValue
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Credential, Validity
from tests.cases.keys import p256
from tests.conftest import NOW
from wallet.holder.vault import Giver, NewCredential, Vault

TYPE = "https://school.example/types/welding"
CLAIMS: JsonObject = {"given_name": "Ria", "family_name": "Bos", "process": "TIG", "level": 3}
PRIVATE: JsonObject = p256("sealing").private_jwk() | {"kid": "e", "alg": "ECDH-ES", "use": "enc"}
"""Of the firm, to open answers with."""

SCHOOL = p256("school", "did:web:school.example#k")
SCHOOL_DOCUMENT = dids.write_document("did:web:school.example", [SCHOOL.public])


def query(*names: str, **more: JsonValue) -> JsonObject:
    """Asks these claims of a welding certificate."""
    claims: list[JsonValue] = [{"path": [name]} for name in names]
    one: JsonObject = {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": [TYPE]}}
    return {"credentials": [one | ({"claims": claims} if names else {})], **more}


def welder() -> Vault:
    """One welding certificate."""
    holder = SoftwareSigner.generate(Algorithm.ES256)
    wire = FORMATS["dc+sd-jwt"].issue(
        Credential(TYPE, "did:web:school.example", CLAIMS, NOW, Validity(NOW, None)),
        SCHOOL,
        holder=holder.public,
        disclosable=frozenset((name,) for name in CLAIMS),
        entropy=os.urandom,
    )
    made = Vault((), clock=lambda: NOW, entropy=secrets.token_bytes)
    giver = Giver("did:web:school.example", "School", "school.example", listed=False)
    made.add(NewCredential("dc+sd-jwt", wire, holder, giver))
    return made
