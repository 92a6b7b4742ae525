"""What an Open Badge says, in the lines of a verdict's page (Open Badges 3.0, appendix B)."""

from credentials.encoding import JsonObject, JsonValue
from schemas.messages import sentence

BADGE = "OpenBadgeCredential"
"""The type of a badge, where others name the type of a certificate."""


def badge_lines(claims: JsonObject, language: str) -> list[tuple[str, str]]:
    """Label and value of what it is about, whose it is, its number, and how well it was done.

    A badge of somebody else may hold less, or other shapes; those lines are left out.
    """
    achievement = claims.get("achievement")
    what = achievement.get("name") if isinstance(achievement, dict) else None
    lines = [("what", what), ("who", _name(claims)), ("number", claims.get("licenseNumber"))]
    shown = [
        (sentence(f"verifier.badge.{key}", language), value)
        for key, value in lines
        if isinstance(value, str)
    ]
    return shown + _results(achievement, claims)


def _name(claims: JsonObject) -> JsonValue:
    """The name that the badge gives in plain words; a hashed one says nothing."""
    for one in _objects(claims.get("identifier")):
        if one.get("identityType") == "name" and one.get("hashed") is False:
            return one.get("identityHash")
    return None


def _results(achievement: JsonValue, claims: JsonObject) -> list[tuple[str, str]]:
    """Each result under the name of its description, as a step of its scale where it has one."""
    described = _objects(
        achievement.get("resultDescription") if isinstance(achievement, dict) else None
    )
    names = {str(one.get("id")): one for one in described}
    shown = []
    for result in _objects(claims.get("result")):
        about = names.get(str(result.get("resultDescription")), {})
        name, value, most = about.get("name"), result.get("value"), about.get("valueMax")
        if isinstance(name, str) and isinstance(value, str):
            shown.append((name, f"{value} / {most}" if isinstance(most, str) else value))
    return shown


def _objects(value: JsonValue) -> list[JsonObject]:
    """One object or several, as JSON-LD allows both."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
