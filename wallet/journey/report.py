"""What the journey saw: steps with their times, what was refused, what went against expectation."""

from dataclasses import dataclass

from credentials.encoding import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Step:
    """One step and how long it took.

    Attributes:
        name: list, receive, present, withdraw or refuse; key of the catalogue behind
            ``wallet.journey.``.
        count: how many people or attempts went through it.
    """

    name: str
    seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class NotIssued:
    """A row of the class list that gets no proof."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One attempt that had to be refused.

    Attributes:
        expected: the code it has to be refused with.
        code: the code it was refused with; ``accepted`` where it was not.
        nl: what a reader is told; en: the same in English.
    """

    case: str
    expected: str
    code: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class JourneyReport:
    """The whole journey.

    Attributes:
        expected: how many people were to get a proof.
        turned: whether the verdict of the withdrawn proof turned.
        problems: what went against expectation: a place and a code each.
    """

    expected: int
    issued: int
    held: int
    verified: int
    turned: bool
    not_issued: tuple[NotIssued, ...]
    refused: tuple[Refusal, ...]
    steps: tuple[Step, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every expectation held."""
        everyone = {self.issued, self.held, self.verified} == {self.expected}
        codes = all(refusal.code == refusal.expected for refusal in self.refused)
        return everyone and codes and self.turned and bool(self.refused) and not self.problems

    def as_json(self) -> JsonObject:
        """The one object on standard output."""
        not_issued: list[JsonValue] = [
            {"line": each.line, "reason": each.reason} for each in self.not_issued
        ]
        refused: list[JsonValue] = [
            {"case": each.case, "code": each.code, "nl": each.nl, "en": each.en}
            for each in self.refused
        ]
        steps: list[JsonValue] = [
            {"name": each.name, "seconds": round(each.seconds, 3), "count": each.count}
            for each in self.steps
        ]
        return {
            "ok": self.ok,
            "issued": self.issued,
            "held": self.held,
            "verified": self.verified,
            "withdrawn_turned": self.turned,
            "not_issued": not_issued,
            "refused": refused,
            "seconds": round(sum(step.seconds for step in self.steps), 3),
            "steps": steps,
            "problems": [*self.problems],
        }
