"""The PDFs: their standards, their letters as pictures and as text, their code."""

import copy
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
from flask import Flask
from PIL import Image, ImageDraw, ImageFont

from app.audits.report_pdf import render_report
from app.certificates import document
from app.pdf import FACES, FONTS, make_pdf

CONTENT: dict[str, Any] = {
    "number": "BASE-2026-00042-32",
    "edition": 1,
    "address": "https://base.example.org/c/BASE-2026-00042-32",
    "granted_on": "2026-11-22",
    "valid_from": "2026-11-22",
    "valid_until": "2028-11-21",
    "replaces": None,
    "issuer": {"name": "Fundacja HELISA", "address": "ul. Szeroka 12, 87-100 Toruń", "email": "", "website": ""},
    "decision_maker": {"name": "Robert Kamiński", "position": "kierownik certyfikacji"},
    "holder": {
        "name": "Warsztat Terapii Zajęciowej „Gęślą Jaźń”",
        "address": "ul. Źródlana 3, 87-600 Łódź",
        "running_body": "Stowarzyszenie „Świąteczny Ćmiel”",
        "nip": "5270103391",
        "krs": "0000123456",
    },
    "scheme": {"id": "base", "version": "2026.1", "title": "BASE", "title_en": "BASE"},
    "scope": {"products": ["świece sojowe", "torby z płótna"], "sites": ["pracownia w Lipnie"]},
    "grade": {"id": "base_distinction", "title": "BASE z wyróżnieniem", "title_en": "BASE with distinction"},
    "areas": [
        {"id": "EKO", "title": "Ekologia", "title_en": "Ecology", "percent": "78.25", "colour": "#2E7D4F"},
        {"id": "EKN", "title": "Efektywność", "title_en": "Efficiency", "percent": "100", "colour": "#9A5B12"},
        {"id": "BIZ", "title": "Gotowość", "title_en": "Readiness", "percent": "-3", "colour": "#1B5E8C"},
    ],
}
LETTERS = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
BASES = "acelnoszACELNOSZ"


@pytest.fixture(autouse=True)
def _context(app: Flask) -> None:
    """Templates need the application."""


def with_longest_names() -> dict[str, Any]:
    content = copy.deepcopy(CONTENT)
    content["holder"]["name"] = ("Powiatowy Zakład Aktywności Zawodowej " * 7)[:250]
    content["holder"]["running_body"] = ("Stowarzyszenie Rodziców i Przyjaciół Osób z Niepełnosprawnościami " * 4)[:250]
    content["scope"] = {"products": [f"wyrób numer {place}" for place in range(60)], "sites": ["pracownia"]}
    content["replaces"] = "BASE-2024-00011-11"
    return content


def without_consent() -> dict[str, Any]:
    return {**CONTENT, "areas": []}


MARKS = {"before": None, "floor": "60", "target": "75"}
# a picture of one transparent pixel, as a signature
PEN = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
REPORT: dict[str, Any] = {
    "language": "pl",
    "number": "2026/00007",
    "issued_on": "2026-11-25",
    "visit_on": "2026-11-22",
    "issuer": {"name": "Fundacja HELISA", "address": "Toruń"},
    "supplier": {"name": "WTZ „Wiatraki”", "running_body": "Fundacja Źródło", "address": "Lipno", "nip": "5270103391"},
    "scope": {"products": ["świece"], "sites": []},
    "team": [{"name": "Iga Lewandowska", "role": "lead_auditor"}, {"name": "Olaf Zieliński", "role": "auditor"}],
    "checklist": {"title": "BASE", "version": "2026.1", "digest": "ab" * 32},
    "grade": "",
    "missing": ["Ekologia: potrzeba 60%, jest 54%."],
    "areas": [
        {"id": "EKO", "title": "Ekologia", "percent": "54.25", **MARKS, "colour": "#2E7D4F"},
        {"id": "EKN", "title": "Efektywność", "percent": None, **MARKS, "colour": "#9A5B12"},
    ],
    "total": {"title": "Wynik łączny", "percent": "54.25", **MARKS, "colour": "#1F6F54"},
    "strengths": [{"criterion": "EKO-ZAR-01", "question": "Kto odpowiada?", "level": "4 · wzór dla innych"}],
    "findings": [
        {
            "criterion": "EKO-ODP-02",
            "question": "Co z odpadami?",
            "grade": "major",
            "grade_title": "Niezgodność duża",
            "requirement": "ustawa o odpadach",
            "not_met": "Nie ma ewidencji.",
            "evidence": "Zdjęcie 3",
            "grade_comment": "",
            "due_on": "2027-01-24",
            "stand": "disputed",
            "words": "Ewidencja jest w gminie.",
        }
    ],
    "meetings": {
        "opening": {
            "held_at": "2026-11-22T08:00:00+00:00",
            "attendees": [{"name": "Anna Próbna", "role": "kierowniczka"}],
        },
        "closing": {"held_at": None, "attendees": [{"name": "Jan Zmyślony", "role": ""}]},
        "unsigned": "",
        "signatures": [
            {
                "signer": "Anna Próbna",
                "role": "kierowniczka",
                "signed_at": "2026-11-22T13:05:00+00:00",
                "holds": False,
                "picture": PEN,
            }
        ],
    },
    "sections": [
        {
            "area": "Ekologia",
            "title": "Odpady",
            "percent": "54.25",
            "answers": [{"criterion": "EKO-ODP-02", "question": "Co z odpadami?", "answer": "nie", "note": "Zażółć."}],
        }
    ],
    "notes": [{"title": "Uwagi dostawcy", "text": "Zgadzamy się."}, {"title": "Uwagi audytora", "text": ""}],
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    """What the tests draw, once."""
    return {}


def pdf_of(kind: str, drawn: dict[str, bytes]) -> bytes:
    makers = {
        "certificate": lambda: document.render(CONTENT),
        "longest names": lambda: document.render(with_longest_names()),
        "no consent": lambda: document.render(without_consent()),
        "report": lambda: render_report(REPORT),
        "english report": lambda: render_report({**REPORT, "language": "en"}),
    }
    if kind not in drawn:
        drawn[kind] = makers[kind]()
    return drawn[kind]


@pytest.mark.parametrize("kind", ["certificate", "longest names", "no consent", "report", "english report"])
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_every_pdf_keeps_its_standards(drawn: dict[str, bytes], kind: str, profile: str, tmp_path: Path) -> None:
    (tmp_path / "checked.pdf").write_bytes(pdf_of(kind, drawn))
    # in a process of its own: the validator's module has the name of a module of these tests
    code = "import page, sys; print(page.validate_pdf(sys.argv[1], profile=sys.argv[2]).failures)"
    command = [sys.executable, "-I", "-c", code, str(tmp_path / "checked.pdf"), profile]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize(("kind", "pages"), [("certificate", 1), ("no consent", 1), ("longest names", 2)])
def test_a_certificate_is_one_sheet_and_a_list_when_there_is_much(
    drawn: dict[str, bytes], kind: str, pages: int
) -> None:
    with pikepdf.open(io.BytesIO(pdf_of(kind, drawn))) as pdf:
        assert len(pdf.pages) == pages
        assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].MediaBox] == [0, 0, 297, 210]


def test_the_same_content_gives_the_same_bytes(drawn: dict[str, bytes]) -> None:
    assert document.render(CONTENT) == pdf_of("certificate", drawn)


def test_a_certificate_says_everything(drawn: dict[str, bytes], tmp_path: Path) -> None:
    text = text_of(pdf_of("certificate", drawn), tmp_path)
    for words in (
        "Certyfikat BASE",
        "Warsztat Terapii Zajęciowej „Gęślą Jaźń”",
        "Stowarzyszenie „Świąteczny Ćmiel”",
        "ul. Źródlana 3, 87-600 Łódź",
        "NIP 5270103391",
        "KRS 0000123456",
        "wersja 2026.1",
        "BASE z wyróżnieniem",
        "świece sojowe, torby z płótna",
        "pracownia w Lipnie",
        "22 listopada 2026",
        "21 listopada 2028",
        "Robert Kamiński",
        "kierownik certyfikacji",
        "Fundacja HELISA",
        "BASE-2026-00042-32",
        "base.example.org/c/ BASE-2026-00042-32",
        "78%",
        "(dyrektywa (UE) 2024/825)",
        "Wiąże tekst polski; tekst angielski jest tłumaczeniem.",
        "The Polish text is binding",
        "BASE with distinction",
    ):
        assert words in text, words


def test_area_results_stay_away_without_consent(drawn: dict[str, bytes], tmp_path: Path) -> None:
    assert "Wyniki w obszarach" not in text_of(pdf_of("no consent", drawn), tmp_path)


def test_long_names_never_run_into_what_stands_below(drawn: dict[str, bytes], tmp_path: Path) -> None:
    words = list(placed_words(pdf_of("longest names", drawn), tmp_path))
    scope = max(bottom for word, _top, bottom in words if word in {"Listed", "page"})
    dates = min(top for word, top, _bottom in words if word in {"Przyznano", "Robert"})
    assert scope < dates


def test_a_report_says_everything(drawn: dict[str, bytes], tmp_path: Path) -> None:
    text = text_of(pdf_of("report", drawn), tmp_path)
    for words in (
        "WTZ „Wiatraki”",
        "Iga Lewandowska (audytor wiodący)",
        "Niezgodność duża: Co z odpadami?",
        "Nie ma ewidencji.",
        "24 stycznia 2027",
        "Mocne strony",
        "54%",
        "Zażółć.",
        "Uwagi dostawcy",
        "Anna Próbna (kierowniczka)",
        "Dostawca się nie zgadza: Ewidencja jest w gminie.",
        "Zmienione po podpisie",
    ):
        assert words in text, words
    assert "Uwagi audytora" not in text
    assert "Strengths" in text_of(pdf_of("english report", drawn), tmp_path)


@pytest.mark.parametrize(("family", "weight", "file"), FACES)
def test_polish_letters_are_right_as_pictures(family: str, weight: int, file: str, tmp_path: Path) -> None:
    """Each letter drawn from the PDF looks like itself and like no other letter of the same font."""
    cells = "".join(
        f'<p style="position:absolute;left:{place % 9 * 20 + 4}mm;top:{place // 9 * 25}mm">{letter}</p>'
        for place, letter in enumerate(LETTERS)
    )
    styles = (
        "@page{size:180mm 50mm!important;margin:0!important;@bottom-right{content:none!important}}"
        f"p{{margin:0!important;font:{weight} 40pt/1.5 '{family}'}}"
    )
    html = f'<html lang="pl"><head><title>x</title><style>{styles}</style></head><body>{cells}</body></html>'
    sheet = picture_of(make_pdf(html, "report.css"), tmp_path, dpi=127)  # 5 pixels per millimetre
    font = ImageFont.truetype(FONTS / file, 70)
    shapes = {letter: shape(letter_picture(letter, font)) for letter in LETTERS + BASES}
    for place, letter in enumerate(LETTERS):
        left, top = place % 9 * 100, place // 9 * 125
        seen = shape(sheet.crop((left, top, left + 100, top + 125)))
        closest = min(shapes, key=lambda other: difference(seen, shapes[other]))
        assert closest == letter, {other: round(difference(seen, form), 3) for other, form in shapes.items()}


def test_the_code_holds_the_address_and_is_large_enough(drawn: dict[str, bytes], tmp_path: Path) -> None:
    dpi = 254  # 10 pixels per millimetre
    sheet = picture_of(pdf_of("certificate", drawn), tmp_path, dpi)
    modules = [[bool(one) for one in row] for row in segno.make(CONTENT["address"], error="q", micro=False).matrix]
    right, bottom, size = (297 - 24) * 10, round((210 - 34.5) * 10), 270
    code = sheet.crop((right - size, bottom - size, right, bottom))
    dark = [grey < 128 for grey in code.convert("L").tobytes()]
    step = size / len(modules)
    seen = [
        [dark[int((y + 0.5) * step) * code.width + int((x + 0.5) * step)] for x in range(len(modules))]
        for y in range(len(modules))
    ]
    assert seen == modules
    assert size >= 250, "25 mm"


def test_the_web_server_does_not_load_weasyprint(tmp_path: Path) -> None:
    code = "import sys, app, app.handlers; app.create_app(); sys.exit('weasyprint' in sys.modules)"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"BASE_ENVIRONMENT": "test", "BASE_DATA_DIR": str(tmp_path)}
    )


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "text.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "text.pdf", "-"], cwd=folder, check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())


def placed_words(pdf: bytes, folder: Path) -> Iterator[tuple[str, float, float]]:
    """The words of the first page with top and bottom in points."""
    (folder / "text.pdf").write_bytes(pdf)
    command = ["pdftotext", "-bbox", "-l", "1", "text.pdf", "-"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for top, bottom, word in re.findall(r'yMin="([\d.]+)".*?yMax="([\d.]+)">(.*?)</word>', done.stdout.decode()):
        yield word, float(top), float(bottom)


def picture_of(pdf: bytes, folder: Path, dpi: int) -> Image.Image:
    (folder / "drawn.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-png", "-singlefile", "drawn.pdf", "drawn"]
    subprocess.run(command, cwd=folder, check=True)
    return Image.open(folder / "drawn.png").convert("L")


def letter_picture(letter: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    drawn = Image.new("L", (140, 140), 255)
    ImageDraw.Draw(drawn).text((30, 20), letter, font=font, fill=0)
    return drawn


def shape(picture: Image.Image) -> tuple[float, bytes]:
    """The dark part alone: its proportions, and its form on 32 × 32 points."""
    box = picture.point(lambda level: 255 if level < 128 else 0).getbbox()
    assert box is not None, "nothing is drawn"
    form = picture.crop(box).resize((32, 32), Image.Resampling.BOX)
    return (box[2] - box[0]) / (box[3] - box[1]), form.tobytes()


def difference(one: tuple[float, bytes], other: tuple[float, bytes]) -> float:
    forms = sum(abs(left - right) for left, right in zip(one[1], other[1], strict=True)) / (255 * 32 * 32)
    return forms + abs(one[0] - other[0])
