"""Uploaded tables: what is too large, or no table at all, is refused before it costs anything."""

import io
import zipfile

import pytest

from app.errors import Invalid
from app.suppliers.sheet import LARGEST_FILE, LARGEST_UNPACKED, read_table


def workbook(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(f"xl/{name}", content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"x" * (LARGEST_FILE + 1),
        workbook(bomb=b"0" * (LARGEST_UNPACKED + 1)),
        workbook(**{"vbaProject.bin": b"macro"}),
        workbook(sheet=b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
        b"PK\x03\x04",
    ],
    ids=["large", "bomb", "macros", "no sheets", "broken"],
)
def test_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_table(content)


def test_cells_of_csv_are_told_apart_by_the_first_line() -> None:
    table = read_table(b'Nazwa,NIP\r\n"Kawa, herbata",1\r\n\r\n,\r\nSok,2')

    assert table.headings == ("Nazwa", "NIP")
    assert [(row.line, row.cells) for row in table.rows] == [(2, ("Kawa, herbata", "1")), (5, ("Sok", "2"))]
