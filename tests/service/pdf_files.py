"""PDF files with something attached, as strangers could send them."""

import io
from collections.abc import Callable

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

Change = Callable[[pypdf.PdfWriter], None]


def nothing(_writer: pypdf.PdfWriter) -> None:
    """The file as it is."""


def pdf_with(
    *contents: bytes, media_type: str = "application/dc+sd-jwt", change: Change = nothing
) -> bytes:
    """A PDF of one page that carries these files."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=100, height=100)
    names = ArrayObject()
    for number, content in enumerate(contents):
        stream = StreamObject()
        stream.set_data(content)
        stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
        stream[NameObject("/Subtype")] = NameObject(f"/{media_type}")
        specification = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject(f"{number}.txt"),
                NameObject("/EF"): DictionaryObject(
                    {NameObject("/F"): writer._add_object(stream.flate_encode())}
                ),
            }
        )
        names += [TextStringObject(f"{number}.txt"), writer._add_object(specification)]
    tree = DictionaryObject({NameObject("/Names"): names})
    writer.root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/EmbeddedFiles"): tree}
    )
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
