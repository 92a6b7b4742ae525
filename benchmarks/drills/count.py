"""What a drill expects and what it found."""

from dataclasses import dataclass, field

from credentials.encoding import JsonObject


@dataclass(slots=True)
class Counts:
    """One drill.

    Attributes:
        name: of the drill, with the database where it matters.
        expected: by what was counted.
        found: the same names.
        told: what else is worth knowing; not judged.
    """

    name: str
    expected: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)

    def count(self, what: str, *, expected: int, found: int) -> None:
        """Note one figure."""
        self.expected[what], self.found[what] = expected, found

    @property
    def ok(self) -> bool:
        """Whether everything is as expected."""
        return self.expected == self.found

    def lines(self) -> list[str]:
        """For a person: one line for each figure."""
        title = f"{self.name}: {'as expected' if self.ok else 'NOT AS EXPECTED'}"
        figures = [
            f"  {what}: {self.found.get(what)}"
            + ("" if self.found.get(what) == wanted else f" (expected {wanted})")
            for what, wanted in self.expected.items()
        ]
        told = [f"  [{what}: {value:g}]" for what, value in self.told.items()]
        return [title, *figures, *told]

    def as_json(self) -> JsonObject:
        """For a program."""
        return {
            "drill": self.name,
            "ok": self.ok,
            "expected": {**self.expected},
            "found": {**self.found},
            "told": {**self.told},
        }
