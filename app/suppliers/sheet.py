"""Tables that people upload: XLSX and CSV, read with limits; what cannot be read is said in a sentence."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.errors import Invalid

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 80_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000
FORMULA = "="
_TYPE_FORMULA = "f"  # how openpyxl marks a formula
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Row:
    """One row below the headings. ``line`` is its number in the file, as a spreadsheet shows it."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What a file holds: its headings and the rows that are not empty."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes) -> Table:
    """The first sheet of an XLSX file, or a CSV file; recognised by what is in it, not by its name.

    CSV may be UTF-8 (with or without BOM) or Windows-1250, with ``;``, ``,`` or tab between cells.

    Raises:
        Invalid: it is no such file, empty, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise Invalid(_("The file is too large: at most %(limit)d MB.", limit=LARGEST_FILE // 1_000_000))
    if content.startswith(_OLD_EXCEL):
        raise Invalid(_("This is an old Excel file (.xls) or a protected one. Save it as .xlsx without a password."))
    rows = _workbook_rows(content) if content.startswith(_ZIP) else _csv_rows(content)
    filled = [Row(line, cells) for line, cells in rows if any(cells)]
    if len(filled) < 2:
        raise Invalid(_("The file has no rows below the headings. Fill in the template and send it again."))
    headings = filled[0].cells
    return Table(headings, tuple(filled[1:]))


def _csv_rows(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found = 0
    try:
        for number, cells in enumerate(reader, start=1):
            found += any(cells)
            _limit(found, len(cells))
            yield number, tuple(_cell(cell) for cell in cells)
    except csv.Error:
        raise Invalid(_("The file cannot be read near line %(line)d: a quotation mark is not closed.",
                        line=reader.line_num)) from None  # fmt: skip


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise Invalid(_("This is neither an Excel file (.xlsx) nor a CSV file."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1250")
    except UnicodeDecodeError:
        raise Invalid(_("This is neither an Excel file (.xlsx) nor a CSV file.")) from None


def _workbook_rows(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    import openpyxl  # noqa: PLC0415  # 175 modules that only an upload of a workbook needs
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415  # as above

    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False, keep_vba=False)
        yield from _sheet_rows(book.worksheets[0])
        book.close()
    # What openpyxl, the archive and defusedxml raise for content that is not what it says.
    except (InvalidFileException, KeyError, IndexError, ValueError, OSError, SyntaxError, zipfile.BadZipFile) as wrong:
        raise Invalid(_("This Excel file is damaged and cannot be read. Save it once more as .xlsx.")) from wrong


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    found = 0
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS * 2, max_col=MOST_COLUMNS + 1), start=1):
        texts = tuple(_cell_text(cell) for cell in cells)
        found += any(texts)
        _limit(found, len("".join("x" if text else " " for text in texts).rstrip()))
        yield number, texts


def _check_archive(content: bytes) -> None:
    """An XLSX file is an archive: refuse one with macros, and one that unpacks to far more than a table."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Invalid(_("This Excel file is damaged and cannot be read. Save it once more as .xlsx.")) from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Invalid(_("This is neither an Excel file (.xlsx) nor a CSV file."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid(_("The file has macros. Save it as .xlsx, without macros."))
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Invalid(_("The file unpacks to far more than a list of suppliers needs. Use the template."))


def _cell_text(cell: object) -> str:
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == _TYPE_FORMULA:
        return FORMULA
    if isinstance(value, bool):
        return "tak" if value else "nie"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _cell(str(value))


def _cell(text: str) -> str:
    return " ".join(text.split())[: LONGEST_CELL + 1]


def _limit(rows: int, columns: int) -> None:
    if rows > MOST_ROWS + 1:
        raise Invalid(_("The file has more than %(limit)d rows. Split it.", limit=MOST_ROWS))
    if columns > MOST_COLUMNS:
        raise Invalid(_("The file has more than %(limit)d columns. Use the template.", limit=MOST_COLUMNS))


def is_formula(text: str) -> bool:
    """Is the cell a formula? Its value is not known here."""
    return text.startswith(FORMULA)
