"""What no file of the project may hold."""

import re

from tests.house.sources import ROOT, tracked

TEXT = {".py", ".md", ".toml", ".lock", ".yaml", ".json", ".jsonld", ".html", ".css", ".txt", ""}
REGISTRY = re.compile(
    "|".join(
        ("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "npmjs" + r"\.org")
    )
)
PLACES = re.compile("/" + r"work/(?:main|shared|fresh)\b|\.\./" + r"fresh\b")


def _lines() -> list[tuple[str, str]]:
    return [
        (str(path), line)
        for path in tracked()
        if path.suffix in TEXT and path.name != "LICENSE"
        for line in (ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines()
    ]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert REGISTRY.search("https://" + "pypi" + ".org/simple") is not None
    assert [f"{name}: {line[:80]}" for name, line in _lines() if REGISTRY.search(line)] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    assert PLACES.search("/" + "work/main/x") is not None
    assert [f"{name}: {line[:80]}" for name, line in _lines() if PLACES.search(line)] == []


def test_lock_file_has_a_hash_for_every_package() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][\w.\-\[\]]*==", lock, flags=re.MULTILINE)
    assert len(pins) > 40
    assert lock.count("--hash=sha256:") >= len(pins)
