"""ldp_vc: a JSON-LD credential with embedded proofs (VC Data Integrity 1.0).

Reads data model 1.1 and 2.0; writes 2.0. A presentation holds exactly one credential, and the
holder's proof over it names the request: challenge is the nonce, domain the audience.

Most suites show a credential whole. With a selective suite the holder receives a base proof, and
what he presents carries a derived proof of the parts that he chose.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

from credentials import data_model
from credentials.bbs_keys import IssuingSigner, PairingAlgorithm, VerificationKey
from credentials.claims import Paths
from credentials.cryptosuites import (
    CRYPTOSUITES,
    ECDSA_JCS_2019,
    ECDSA_RDFC_2019,
    EDDSA_JCS_2022,
    EDDSA_RDFC_2022,
    SELECTIVE_CRYPTOSUITES,
    Cryptosuite,
    ProofOptions,
    SelectiveCryptosuite,
    cryptosuite_of,
    selective_cryptosuite_of,
)
from credentials.cryptosuites.proofs import (
    check_proof_dates,
    check_proofs,
    method_of,
    proof_created,
    proofs_of,
)
from credentials.encoding import (
    JsonObject,
    JsonValue,
    check_json,
    parse_json_object,
)
from credentials.errors import BindingInvalid, MalformedError, ProofInvalid, UnsupportedError
from credentials.formats import derivation, selection, vcdm
from credentials.jsonld.expansion import check_contexts
from credentials.keys import Algorithm, PublicKey, Signer
from credentials.limits import MAX_KEY_BINDING_AGE
from credentials.model import (
    Binding,
    Credential,
    Entropy,
    KeyReference,
    Unverified,
    Wire,
)

_EMBEDDABLE: Mapping[Algorithm, tuple[Cryptosuite, Cryptosuite]] = MappingProxyType(
    {
        Algorithm.EDDSA: (EDDSA_RDFC_2022, EDDSA_JCS_2022),
        Algorithm.ES256: (ECDSA_RDFC_2019, ECDSA_JCS_2019),
        Algorithm.ES384: (ECDSA_RDFC_2019, ECDSA_JCS_2019),
    }
)
"""With which suite a holder signs: over statements, or over plain JSON where the proof inside was
made so; such a proof names its own contexts, which no statement may be made of."""


@dataclass(frozen=True, slots=True)
class DataIntegrity:
    """The format ``ldp_vc``, issued with one suite and read with every suite that we know.

    Attributes:
        suite: what ``issue`` signs with.
        mandatory: paths into the claims that are shown whenever what they stand in is shown: of
            one name always, of several names with the element or object around them.
    """

    identifier: ClassVar[str] = "ldp_vc"

    suite: Cryptosuite | SelectiveCryptosuite
    mandatory: Paths = selection.NAMES

    @property
    def selective(self) -> bool:
        """Whether the holder may show a part of what this suite signs."""
        return isinstance(self.suite, SelectiveCryptosuite)

    def issue(
        self,
        credential: Credential,
        signer: IssuingSigner,
        *,
        holder: PublicKey | None,
        disclosable: Paths,
        entropy: Entropy,
    ) -> JsonObject:
        """Sign a credential of data model 2.0 in our own context.

        What can be shown in part says so when it has no end: a reader must not take it for hidden.

        Raises:
            ValueError: the signer's key has no id, or a status is no bitstring status.
            UnsupportedError: ``term_undefined`` for a claim that our context does not know;
                ``cryptosuite_not_allowed`` for a key of another algorithm.
            MalformedError: ``canonical_value`` for a number with too many digits. Empty lists and
                nulls are left out.
        """
        if signer.public.key_id is None:
            raise ValueError("the issuer's key needs its full DID URL")
        document = vcdm.unsigned(credential, _without_empty(credential.claims), holder)
        if self.selective:
            document.setdefault("validUntil", data_model.format_time(data_model.NO_END))
        options = ProofOptions(
            verification_method=signer.public.key_id,
            purpose=vcdm.ASSERTION,
            created=data_model.format_time(credential.issued_at),
        )
        return {**document, "proof": self._proof(document, options, signer, disclosable, entropy)}

    def _proof(
        self,
        document: JsonObject,
        options: ProofOptions,
        signer: IssuingSigner,
        disclosable: Paths,
        entropy: Entropy,
    ) -> JsonObject:
        if isinstance(self.suite, SelectiveCryptosuite):
            pointers = selection.mandatory_pointers(
                document, disclosable=disclosable, mandatory=self.mandatory
            )
            return self.suite.sign(document, options, signer, mandatory=pointers, entropy=entropy)
        if signer.public.algorithm is PairingAlgorithm.BBS:
            raise UnsupportedError("cryptosuite_not_allowed", "a BBS key")
        return self.suite.sign(document, options, signer)

    def parse(self, wire: Wire) -> Unverified:
        """Read a credential, or a presentation of exactly one.

        Raises:
            MalformedError: not of this format, or beyond a limit: ``no_proof``, ``date_invalid``,
                ``context_missing``, ``context_inline``, ``presentation_not_one`` and others.
            UnsupportedError: ``context_unknown``, ``cryptosuite_not_allowed``, a kind of status
                that we cannot look up.
            ProofInvalid: ``base_proof_presented``; ``mandatory_hidden``: the credential shows a
                part, and not all that a verdict needs; what the proof value raises.
        """
        document = _document(wire)
        presented = data_model.PRESENTATION in data_model.types_of(document)
        secured = _only_credential(document) if presented else document
        for part in (document, secured):
            data_model.base_context(part)
            check_contexts(part["@context"])
        if presented:
            refuse_base(document)
        if derivation.is_derived(secured):
            selection.check_nothing_hidden(secured)
        data_model.check_related_resources(secured)
        proof = _issuers_proof(secured)
        subject = data_model.subject_of(secured)
        return Unverified(
            format=self.identifier,
            wire=wire,
            credential=_credential(secured, proof),
            key=KeyReference(data_model.issuer_of(secured), method_of(proof)),
            holder=vcdm.holder_key(subject),
            disclosable=derivation.disclosable(secured, names=self.mandatory),
            presented=presented and "proof" in document,
            document=secured,
        )

    def check_proof(self, unverified: Unverified, key: VerificationKey, *, at: datetime) -> None:
        """Every proof of the credential holds; the issuer's own under ``key``.

        Raises:
            ProofInvalid: ``proof_invalid``, ``proof_purpose_mismatch``, ``proof_date_invalid``,
                ``cryptosuite_not_allowed``, ``base_proof_presented``; ``mandatory_hidden``: the
                holder could choose whether to show what a verdict needs.
            UnsupportedError: ``term_undefined``, ``proof_key_unknown``: a further proof by a key
                that its name does not carry.
            MalformedError: ``too_complex`` and what else ``statements`` raises.
        """
        document = _read_before(unverified.wire)
        presented = data_model.PRESENTATION in data_model.types_of(document)
        secured = _only_credential(document) if presented else document

        def key_of(method: str) -> VerificationKey:
            if method == unverified.key.key_id:
                return key
            if not method.startswith(vcdm.SELF_NAMED):
                raise UnsupportedError("proof_key_unknown", "a proof by someone else")
            return vcdm.self_named_key(method, vcdm.ASSERTION)

        chosen = check_proofs(secured, key_of, purpose=vcdm.ASSERTION, at=at, held=not presented)
        selection.check_nothing_chosen(secured, chosen)

    def present(
        self, held: Wire, holder: Signer, binding: Binding, *, disclose: Paths, at: datetime
    ) -> JsonObject:
        """Wrap a credential in a presentation that the holder signs for one request.

        A credential with a base proof is shown in part: what is mandatory, and what ``disclose``
        covers. Any other one is shown whole.

        Raises:
            CredentialError: what ``held`` lacks.
        """
        secured = _document(held)
        method = vcdm.holder_method(data_model.subject_of(secured), holder.public)
        shown = derivation.derived(
            secured, holder, binding, disclose=disclose, names=self.mandatory
        )
        document: JsonObject = {
            "@context": [data_model.V2_CONTEXT],
            "type": [data_model.PRESENTATION],
            "holder": vcdm.did_of(method),
            "verifiableCredential": [shown],
        }
        options = ProofOptions(
            verification_method=method,
            purpose=vcdm.AUTHENTICATION,
            created=data_model.format_time(at),
            challenge=binding.nonce,
            domain=binding.audience,
        )
        plain = any("@context" in proof for proof in proofs_of(shown))
        suite = _EMBEDDABLE[holder.public.algorithm][plain]
        return {**document, "proof": suite.sign(document, options, holder)}

    def check_binding(
        self, unverified: Unverified, *, expected: Binding | None, at: datetime
    ) -> None:
        """The presentation's one proof is by the subject's key, fresh, and for this request.

        Raises:
            BindingInvalid: ``holder_binding_missing``, ``holder_key_mismatch``,
                ``proof_purpose_mismatch``, ``proof_date_invalid``, ``proof_invalid``,
                ``nonce_invalid``, ``aud_mismatch``, ``cryptosuite_not_allowed``.
            CredentialError: the presentation cannot be turned into statements.
        """
        document = _read_before(unverified.wire)
        if not unverified.presented or unverified.holder is None:
            raise BindingInvalid("holder_binding_missing", "no presentation proof by a bound key")
        proofs = proofs_of(document)
        if len(proofs) > 1:
            raise BindingInvalid("proof_invalid", f"{len(proofs)} presentation proofs")
        holder = data_model.subject_of(_only_credential(document)).get("id")
        if vcdm.did_of(method_of(proofs[0])) != holder or document.get("holder", holder) != holder:
            raise BindingInvalid("holder_key_mismatch", "another key than the subject's")
        try:
            _check_fresh(proofs[0], live=expected is None or expected.live, at=at)
            check_proofs(
                document,
                lambda method: vcdm.self_named_key(method, vcdm.AUTHENTICATION),
                purpose=vcdm.AUTHENTICATION,
                at=at,
            )
        except ProofInvalid as error:
            raise BindingInvalid(error.code, error.detail) from error
        if expected is not None:
            _check_request(proofs[0], expected)


CONFIGURED: Mapping[str, DataIntegrity] = MappingProxyType(
    {suite.name: DataIntegrity(suite) for suite in CRYPTOSUITES.values()}
    | {name: DataIntegrity(suite) for name, suite in SELECTIVE_CRYPTOSUITES.items()}
)
"""One instance for each suite, by its name: what reads a credential knows what its holder may."""


def configured_for(wire: Wire) -> DataIntegrity:
    """The instance whose suite secures what was received; that of any suite where none shows."""
    try:
        document = parse_json_object(wire) if isinstance(wire, str) else wire
    except MalformedError:
        document = {}
    inner = document.get("verifiableCredential", document)
    entry = inner[0] if isinstance(inner, list) and inner else inner
    proofs = entry.get("proof") if isinstance(entry, dict) else None
    for proof in proofs if isinstance(proofs, list) else [proofs]:
        name = proof.get("cryptosuite") if isinstance(proof, dict) else None
        if isinstance(name, str) and name in CONFIGURED:
            return CONFIGURED[name]
    return CONFIGURED[EDDSA_RDFC_2022.name]


def refuse_base(wire: Wire) -> None:
    """What others receive holds no base proof: it shows all, and a secret of the holder.

    Raises:
        ProofInvalid: ``base_proof_presented``.
        MalformedError: no document, or none with a proof.
    """
    document = _document(wire)
    presented = data_model.PRESENTATION in data_model.types_of(document)
    if derivation.base_proof(_only_credential(document) if presented else document) is not None:
        raise ProofInvalid("base_proof_presented", "it shows all and the holder's secret")


def _without_empty(claims: JsonObject) -> JsonObject:
    """An empty list or null makes no statement, so it is left out instead of standing unsigned."""
    kept: JsonObject = {}
    for name, value in claims.items():
        if isinstance(value, dict):
            kept[name] = _without_empty(value)
        elif isinstance(value, list) and value:
            kept[name] = [_without_empty(e) if isinstance(e, dict) else e for e in value]
        elif value is not None and value != []:
            kept[name] = value
    return kept


def _document(wire: Wire) -> JsonObject:
    if isinstance(wire, str):
        return parse_json_object(wire)
    check_json(wire)
    return wire


def _read_before(wire: Wire) -> JsonObject:
    """A document that met the limits when it was parsed."""
    return parse_json_object(wire) if isinstance(wire, str) else wire


def _only_credential(presentation: JsonObject) -> JsonObject:
    value = presentation.get("verifiableCredential")
    entries = value if isinstance(value, list) else [value]
    if len(entries) != 1 or not isinstance(entries[0], dict):
        raise MalformedError("presentation_not_one", "expected exactly one embedded credential")
    return entries[0]


def _issuers_proof(secured: JsonObject) -> JsonObject:
    """The proof by which the issuer is known: its own if there is one, else the first."""
    proofs = proofs_of(secured)
    for proof in proofs:
        if selective_cryptosuite_of(proof) is None:
            cryptosuite_of(proof)
    issuer = data_model.issuer_of(secured)
    own = [proof for proof in proofs if vcdm.did_of(method_of(proof)) == issuer]
    return (own or proofs)[0]


def _credential(secured: JsonObject, proof: JsonObject) -> Credential:
    validity = data_model.validity_of(secured)
    try:
        issued_at = proof_created(proof) or validity.valid_from
    except ProofInvalid as error:
        raise MalformedError(error.code, error.detail) from error
    if issued_at is None:
        raise MalformedError("date_invalid", "neither the proof nor the credential is dated")
    return vcdm.credential_of(secured, issued_at=issued_at, validity=validity)


def _check_fresh(proof: JsonObject, *, live: bool, at: datetime) -> None:
    created = check_proof_dates(proof, at=at)
    if created is None or (live and at - created > MAX_KEY_BINDING_AGE):
        raise ProofInvalid("proof_date_invalid", "a live presentation is made now")


def _check_request(proof: JsonObject, expected: Binding) -> None:
    if not _same(proof.get("challenge"), expected.nonce):
        raise BindingInvalid("nonce_invalid", "member challenge")
    if not _same(proof.get("domain"), expected.audience):
        raise BindingInvalid("aud_mismatch", "member domain")


def _same(value: JsonValue, expected: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(), expected.encode())
