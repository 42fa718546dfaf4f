"""Lists as files: upload, preview, confirm; template and export."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import func, select

from app import history
from app.accounts.permissions import Role
from app.db import db
from app.suppliers.models import LegalForm, Supplier
from tests.factories import NIPS, make_running_body, make_supplier, make_user
from tests.page import Page, Visitor

HEADINGS = "Nazwa;Forma prawna;Miejscowość;Jednostka prowadząca;NIP"
GOOD = f"Fundacja „Lniany Wątek”;ngo_f;Kościerzyna;;{NIPS[7]}"


@pytest.fixture
def maja(visitor: Visitor, sign_in: Any) -> Visitor:
    sign_in(visitor.client, make_user(Role.COORDINATOR, name="Maja Nowicka"))
    return visitor


def upload(maja: Visitor, content: bytes, name: str = "lista.csv", status: int = 200) -> Page:
    return maja.send(maja.get("/suppliers/import"), {"file": (io.BytesIO(content), name)}, status=status)


def csv(*lines: str) -> bytes:
    return "\r\n".join((HEADINGS, *lines)).encode()


def xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def suppliers() -> int:
    return db.session.scalar(select(func.count()).select_from(Supplier)) or 0


def test_good_rows_are_registered_only_after_confirming(maja: Visitor) -> None:
    page = upload(maja, csv(GOOD, f"WTZ „Wiatraki”;wtz;Nowy Dwór Gdański;Gmina Przykładowo;{NIPS[1]}"))
    assert "2 wiersze można zaimportować" in page.text
    assert suppliers() == 0

    page = maja.send(page)

    assert "Zarejestrowano 2 dostawców." in page.text
    assert suppliers() == 2
    found = maja.get("/suppliers?q=lniany").text
    assert "Kościerzyna" in found
    assert list(history.breaks()) == []


def test_every_bad_row_is_named_with_its_column_and_what_is_right(maja: Visitor) -> None:
    page = upload(
        maja,
        csv(
            GOOD,
            f"Bez formy;;Puck;;{NIPS[0]}",
            "Zły numer;ngo_f;Puck;;1000142078",
            f"WTZ bez nikogo;wtz;Puck;;{NIPS[0]}",
            f"=HYPERLINK(1);ngo_f;Puck;;{NIPS[0]}",
            GOOD,
        ),
    )

    text = page.text
    assert "5 wierszy wymaga poprawy" in text
    assert "Wiersz 3 Bez formy Forma prawna Brakuje formy prawnej" in text
    assert "Wiersz 4 Zły numer NIP NIP 1000142078 ma złą cyfrę kontrolną" in text
    assert "Wiersz 5 WTZ bez nikogo Jednostka prowadząca" in text
    assert "W tej komórce jest formuła" in text
    assert "Ten sam dostawca jest już w wierszu 2" in text
    maja.send(page)
    assert suppliers() == 1


def test_a_supplier_that_is_registered_is_not_registered_again(maja: Visitor) -> None:
    body = make_running_body("Fundacja", LegalForm.NGO_F, nip=NIPS[7])
    make_supplier("Fundacja „Lniany Wątek”", legal_form=LegalForm.NGO_F, body=body)

    page = upload(maja, csv(GOOD.replace("Lniany", "LNIANY")))

    assert "Ten dostawca jest już zarejestrowany (ten sam NIP)" in page.text
    assert "Żadnego wiersza nie można jeszcze zaimportować" in page.text


def test_a_known_running_body_gets_a_further_unit(maja: Visitor) -> None:
    known = make_supplier("WTZ „Pierwszy”", body=make_running_body("Stowarzyszenie „Raz”", nip=NIPS[0]))

    maja.send(upload(maja, csv(f"WTZ „Drugi”;wtz;Puck;Stowarzyszenie „Raz”;{NIPS[0]}")))

    second = db.session.scalars(select(Supplier).where(Supplier.id != known.id)).one()
    assert second.running_body_id == known.running_body_id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_is_read_in_the_encodings_and_with_the_delimiters_that_people_have(
    maja: Visitor, encoding: str, delimiter: str
) -> None:
    text = csv(f"Spółdzielnia Źródło;sps;Łódź;;{NIPS[4]}").decode().replace(";", delimiter)

    page = upload(maja, text.encode(encoding))

    assert "Spółdzielnia Źródło" in page.text
    assert "Łódź" in page.text


def test_excel_is_read_with_numbers_as_numbers(maja: Visitor) -> None:
    rows: list[list[object]] = [
        ["Nazwa", "Forma prawna", "NIP", "KRS", "Przedsiębiorstwo społeczne"],
        ["Spółdzielnia „Zielony Słoik”", "Spółdzielnia socjalna", int(NIPS[4]), 9990052, "tak"],
    ]

    page = upload(maja, xlsx(rows), "lista.xlsx")
    maja.send(page)

    supplier = db.session.scalars(select(Supplier)).one()
    assert supplier.legal_form is LegalForm.SPS
    assert (supplier.running_body.nip, supplier.running_body.krs) == (NIPS[4], "0009990052")
    assert supplier.running_body.social_enterprise


def test_a_formula_in_excel_is_named(maja: Visitor) -> None:
    rows = [["Nazwa", "Forma prawna", "NIP"], ["=A1&B1", "sps", NIPS[4]]]

    page = upload(maja, xlsx(rows), "lista.xlsx")

    assert "W tej komórce jest formuła" in page.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "nie ma wierszy pod nagłówkami"),
        (HEADINGS.encode(), "nie ma wierszy pod nagłówkami"),
        (b"%PDF-1.7\0\x01", "To nie jest plik Excela"),
        (b"PK\x03\x04 broken", "jest uszkodzony"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "stary plik Excela"),
        (b"Kolumna;Inna\r\na;b", "brakuje: „Nazwa”, „Forma prawna”, „NIP”"),
        (csv(*["x;y;z;v;w"] * 10_001), "więcej niż 10000 wierszy"),
        (b'Nazwa;NIP\r\n"a;b\r\n', "brakuje zamknięcia cudzysłowu"),
    ],
)
def test_other_files_are_refused_with_a_sentence(maja: Visitor, content: bytes, sentence: str) -> None:
    page = upload(maja, content, status=422)

    assert any(sentence in error for error in page.errors()), page.errors()
    assert suppliers() == 0


def test_no_file_at_all(maja: Visitor) -> None:
    assert maja.send(maja.get("/suppliers/import"), status=422).errors() == ["Wybierz plik."]


def test_someone_elses_draft_is_not_there(maja: Visitor, sign_in: Any) -> None:
    page = upload(maja, csv(GOOD))
    sign_in(maja.client, make_user(Role.COORDINATOR))

    maja.get(page.response.request.path, status=404)


def test_the_template_can_be_filled_in_and_imported(maja: Visitor) -> None:
    template = maja.client.get("/suppliers/template.xlsx").data
    assert "1 wiersz można zaimportować" in upload(maja, template, "wzor.xlsx").text
    assert "1 wiersz można zaimportować" in upload(maja, maja.client.get("/suppliers/template.csv").data).text


def test_the_export_holds_the_narrowed_list_and_no_live_formula(maja: Visitor) -> None:
    make_supplier("=1+1", town="Puck")
    make_supplier("WTZ „Wiatraki”", town="Słupsk")

    everything = maja.client.get("/suppliers/export.csv")
    narrowed = maja.client.get("/suppliers/export.csv?q=slupsk").get_data(as_text=True)
    workbook = openpyxl.load_workbook(io.BytesIO(maja.client.get("/suppliers/export.xlsx").data))

    assert everything.data.startswith(b"\xef\xbb\xbfNazwa;Forma prawna;")
    assert "'=1+1;wtz" in everything.get_data(as_text=True)
    assert "Wiatraki" in narrowed
    assert "=1+1" not in narrowed
    sheet = workbook.worksheets[0]
    assert [sheet.cell(2, 1).value, sheet.cell(2, 1).data_type] == ["=1+1", "s"]


def test_an_auditor_may_not_import(visitor: Visitor, sign_in: Any) -> None:
    sign_in(visitor.client, make_user(Role.AUDITOR))

    visitor.get("/suppliers/import", status=403)
