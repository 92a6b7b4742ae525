"""Which files an extract can become, by the name that people choose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skills.exporters import clr, elm, ler_rs, schema_org, table
from skills.exporters.writing import octets
from skills.extracts import Extract, as_json


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes:
        write: the extract, in a language, as bytes.
        media_type: of HTTP.
        ending: of the file's name, with its dot.
    """

    write: Callable[[Extract, str], bytes]
    media_type: str
    ending: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Format(lambda made, _: octets(as_json(made)), "application/json", ".json"),
        "csv": Format(table.write, "text/csv; charset=utf-8", ".csv"),
        "ler-rs": Format(ler_rs.write, "application/json", ".ler-rs.json"),
        "elm": Format(elm.write, "application/ld+json", ".elm.jsonld"),
        "clr": Format(clr.write, "application/ld+json", ".clr.jsonld"),
        "schema-org": Format(schema_org.write, "application/ld+json", ".schema-org.jsonld"),
    }
)
"""The formats."""
