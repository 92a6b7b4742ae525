"""Cases that Python and the browser both run: per subject a JSON file and the engine's answers."""

from tests.cases import (
    cards,
    consents,
    derivations,
    documents,
    foreign,
    messages,
    queries,
    requests,
    skills_evidence,
    skills_matching,
    skills_suggestions,
    skills_validity,
    texts,
    tokens,
    transfers,
    vaults,
)

SUBJECTS = {
    "cards": cards,
    "consents": consents,
    "derivations": derivations,
    "documents": documents,
    "foreign": foreign,
    "messages": messages,
    "queries": queries,
    "requests": requests,
    "skills_evidence": skills_evidence,
    "skills_matching": skills_matching,
    "skills_suggestions": skills_suggestions,
    "skills_validity": skills_validity,
    "texts": texts,
    "tokens": tokens,
    "transfers": transfers,
    "vaults": vaults,
}
