"""HTML to PDF that is PDF/A-3a and PDF/UA-1 at once.

Importing this module imports WeasyPrint (over a second, 60 MB): only job handlers and commands do, and late.
WeasyPrint must not run in threads that share it; the worker runs one job after another.
"""

import base64
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydyf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "app" / "static" / "fonts"
SHEETS = ROOT / "templates" / "pdf"
TOKENS = ROOT / "app" / "static" / "tokens.css"

# One complete file per weight: WeasyPrint takes two files of one family and weight for the same font, and then
# draws wrong letters where Polish needs the second one.
FACES = (
    ("Source Sans 3", 400, "source-sans-3-400.ttf"),
    ("Source Sans 3", 600, "source-sans-3-600.ttf"),
    ("Source Sans 3", 700, "source-sans-3-700.ttf"),
    ("Source Serif 4", 600, "source-serif-4-600.ttf"),
)
RDF_END = b"</rdf:RDF>"
# WeasyPrint writes one variant only. PDF/UA-1 asks for its part number in the XMP, PDF/A for a schema that
# explains that property.
UA_IDENTIFICATION = (
    b'<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name>"
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>PDF/UA part</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
DEEPEST_TABLE = 6

_fonts = FontConfiguration()


def make_pdf(html: str, sheet: str) -> bytes:
    """The PDF of a complete HTML page with ``templates/pdf/<sheet>``.

    The page says its language, title, author and dates (``dcterms.created``, ``dcterms.modified``) itself; the same
    HTML gives the same bytes again.
    """
    document = HTML(string=html, base_url=f"{SHEETS}/").render(
        stylesheets=[stylesheet(sheet)], font_config=_fonts, pdf_variant="pdf/a-3a"
    )
    _say_pdf_ua(document.metadata)
    content: bytes = document.write_pdf(pdf_variant="pdf/a-3a", finisher=_scope_headers)
    return content


def image(svg: str) -> str:
    """An SVG drawing as the address of an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@lru_cache(maxsize=8)
def stylesheet(sheet: str) -> CSS:
    """One sheet with all that it stands on; parsed once per process."""
    return CSS(string=written_stylesheet(sheet), base_url=f"{SHEETS}/", font_config=_fonts)


def written_stylesheet(sheet: str) -> str:
    """Fonts, the tokens shared with the screen, and one sheet, as text."""
    faces = "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};src:url('{(FONTS / file).as_uri()}')}}"
        for family, weight, file in FACES
    )
    return faces + TOKENS.read_text("utf-8") + (SHEETS / sheet).read_text("utf-8")


def _say_pdf_ua(metadata: Any) -> None:
    generate, include = metadata.generate_rdf_metadata, metadata.include_in_pdf

    def with_pdf_ua(*args: Any, **kwargs: Any) -> bytes:
        written: bytes = generate(*args, **kwargs)
        end = RDF_END if RDF_END in written else b"</ns0:RDF>"
        return written.replace(end, UA_IDENTIFICATION + end)

    def uncompressed(pdf: Any, variant: Any, version: Any, conformance: Any, *_compress: Any, **_named: Any) -> None:
        include(pdf, variant, version, conformance, compress=False)  # archives read the XMP without the rest

    metadata.generate_rdf_metadata = with_pdf_ua
    metadata.include_in_pdf = uncompressed


def _scope_headers(_document: Any, pdf: Any) -> None:
    """Say of every table header whether it heads a column or a row; WeasyPrint leaves that out."""
    elements: dict[Any, Any] = {one.reference: one for one in pdf.objects if isinstance(one, pydyf.Dictionary)}
    for element in list(pdf.objects):
        if isinstance(element, dict) and element.get("S") == "/TH":
            attributes = element.get("A") or pydyf.Dictionary({"O": "/Table"})
            attributes["O"] = "/Table"
            attributes["Scope"] = "/Column" if _within(element, "/THead", elements) else "/Row"
            element["A"] = attributes


def _within(element: Any, kind: str, elements: dict[Any, Any]) -> bool:
    above = element
    for _level in range(DEEPEST_TABLE):
        parent = above.get("P")
        above = elements.get(parent) or elements.get(parent.decode() if isinstance(parent, bytes) else parent)
        if above is None or above.get("S") == kind:
            return above is not None
    return False
