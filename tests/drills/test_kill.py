"""A short kill drill: the issuer's process is killed while people fetch."""

from pathlib import Path

from benchmarks.drills import kill


def test_proofs_are_neither_lost_nor_doubled_when_the_issuer_is_killed(
    tmp_path: Path, database_url: str
) -> None:
    counts = kill.drill(tmp_path, people=150, kills=4, seed=4, database_url=database_url)
    assert counts.found == counts.expected
