"""Take everything along: original bytes, keys, log; sealed, and refused when anything changed."""

import json
import secrets
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from tests.cases.token_samples import DC
from tests.conftest import NOW
from wallet.holder import portability
from wallet.holder.archive import MANIFEST, pack, unpack
from wallet.holder.events import EventType
from wallet.holder.portability import Secret, archive_of, open_export, seal_export
from wallet.holder.vault import Giver, NewCredential, Vault

pytestmark = pytest.mark.usefixtures("light_argon")

CARD = Secret(recovery=bytes(range(20)))
WORDS = Secret(passphrase="drie natte fietsen")
TEXTS = {"README.txt": "Dit is van jou.", "index.html": "<!doctype html>"}


def filled() -> Vault:
    vault = Vault((), clock=lambda: NOW, entropy=secrets.token_bytes)
    signer = SoftwareSigner.generate(Algorithm.ES256)
    giver = Giver("did:web:school.example", "School", "school.example", listed=True)
    vault.add(NewCredential("dc+sd-jwt", DC, signer, giver))
    note: JsonObject = {"text": "ik kan lassen"}
    vault.append(EventType.CLAIM_WRITTEN, note)
    return vault


def test_an_export_holds_the_original_bytes_and_everything_beside_them() -> None:
    vault = filled()
    files = unpack(archive_of(vault, TEXTS))
    (held,) = vault.held()
    assert files[f"credentials/{held.id}.sd-jwt"] == DC.encode()
    keys = parse_json_object(files["keys.jwks"])["keys"]
    assert keys == [held.key | {"kid": held.signer().public.thumbprint}]
    assert json.loads(files["claims.json"]) == {
        "claims": [{"text": "ik kan lassen"}],
        "wishes": [],
    }
    assert len(json.loads(files["log.json"])) == 3
    (moved,) = json.loads(files["migration.json"])
    assert moved["issuer"] == "did:web:school.example"
    assert str(held.key["d"]).encode() not in files["migration.json"]
    assert files["README.txt"].decode() == TEXTS["README.txt"]


@pytest.mark.parametrize("secret", [CARD, WORDS], ids=["card", "passphrase"])
def test_a_sealed_export_opens_with_its_secret_alone(secret: Secret) -> None:
    token = seal_export(b"archive", secret, entropy=secrets.token_bytes)
    assert open_export(token, secret) == b"archive"
    for other in (CARD, WORDS, Secret(recovery=bytes(20)), Secret(passphrase="x")):
        if other != secret:
            with pytest.raises(RejectedError, match="export_not_opened"):
                open_export(token, other)


def test_what_a_browser_sealed_with_a_passphrase_opens_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portability, "PBES2_ROUNDS", 10)
    token = seal_export(b"archive", WORDS, entropy=secrets.token_bytes, rounds=True)
    assert open_export(token, WORDS) == b"archive"


def test_an_archive_of_another_kind_is_refused() -> None:
    for name, kind in (("x.txt", zipfile.ZIP_DEFLATED), ("../x.txt", zipfile.ZIP_STORED)):
        written = BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), b"x" * 100, compress_type=kind)
            archive.writestr(MANIFEST, b"{}")
        with pytest.raises(MalformedError, match="export_invalid"):
            unpack(written.getvalue())


def test_a_file_that_the_manifest_does_not_name_is_refused() -> None:
    written = BytesIO(pack({"a.txt": b"a"}))
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("b.txt", b"b")
    with pytest.raises(MalformedError, match="export_invalid"):
        unpack(written.getvalue())


@given(st.binary(max_size=400))
def test_any_octets_are_an_archive_or_our_error(data: bytes) -> None:
    with pytest.raises(CredentialError):
        unpack(data)


@given(st.text(max_size=200))
def test_any_text_is_an_export_or_our_error(text: str) -> None:
    with pytest.raises(CredentialError):
        open_export(text, CARD)
