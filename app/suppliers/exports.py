"""The list of suppliers as a file: CSV for spreadsheets in Poland (UTF-8 with BOM, ``;``), and XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO

from app.suppliers.import_columns import COLUMNS
from app.suppliers.models import Supplier

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_RISKY = ("=", "+", "-", "@", "\t")
_WIDTHS = {"name": 40, "body_name": 40, "street": 26, "town": 22, "nip": 14, "krs": 14}
EXAMPLE = {
    "name": "WTZ „Przykładowa Pracownia”",
    "legal_form": "wtz",
    "street": "ul. Przykładowa 1",
    "postal_code": "84-100",
    "town": "Puck",
    "county_code": "2211",
    "body_name": "Stowarzyszenie „Przykład”",
    "body_form": "ngo_s",
    "nip": "1000142077",
    "social_enterprise": "nie",
    "public_benefit": "nie",
}


def row_of(supplier: Supplier) -> dict[str, str]:
    """A supplier as cells, by the import's columns, so that an export can be imported elsewhere."""
    body = supplier.running_body
    flags = {name: "tak" if getattr(body, name) else "nie" for name in ("social_enterprise", "public_benefit")}
    own = ("name", "street", "postal_code", "town", "county_code", "local_regon", "support_centre")
    numbers = ("nip", "regon", "krs", "vat_status")
    return {
        **{name: getattr(supplier, name) for name in own},
        **{name: getattr(body, name) for name in numbers},
        **flags,
        "legal_form": str(supplier.legal_form),
        "body_name": body.name,
        "body_form": str(body.legal_form),
    }


def as_csv(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Lines of a CSV file. A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    yield BOM + _line([names[0] for names in COLUMNS.values()])
    for row in rows:
        yield _line([_harmless(row.get(key, "")) for key in COLUMNS])


def as_xlsx(rows: Iterable[dict[str, str]]) -> IO[bytes]:
    """An XLSX file, at its beginning; every cell is text, so that numbers keep their zeros."""
    import xlsxwriter  # noqa: PLC0415  # 42 modules that only an export needs

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("Dostawcy")
    bold = book.add_format({"bold": True, "bg_color": "#E5F1EC", "bottom": 1})
    text = book.add_format({"num_format": "@"})
    for position, (key, names) in enumerate(COLUMNS.items()):
        sheet.set_column(position, position, _WIDTHS.get(key, 18), text)
        sheet.write_string(0, position, names[0], bold)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows, start=1):
        for position, key in enumerate(COLUMNS):
            if value := row.get(key, ""):
                sheet.write_string(number, position, value)
    book.close()
    file.seek(0)
    return file


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text
