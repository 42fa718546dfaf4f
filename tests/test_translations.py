"""The words: every English msgid has Polish, and the tool that adds them refuses what is wrong."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = "app/translations/pl/LC_MESSAGES/messages.po"


def translate(tree: Path, *arguments: str, expect: int = 0) -> str:
    answer = subprocess.run(
        [sys.executable, tree / "script" / "translations.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == expect, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project with four msgids."""
    for folder in ("script", "app", "templates"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "script" / "translations.py", tmp_path / "script")
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    (tmp_path / "app" / "greeting.py").write_text(
        'A = _("Hello %(name)s", name=1)\nB = ngettext("%(num)d task", "%(num)d tasks", 2)\n', encoding="utf-8"
    )
    (tmp_path / "templates" / "page.html").write_text('{{ _("Save") }}{{ pgettext("month", "May") }}', encoding="utf-8")
    return tmp_path


def fill(tree: Path, words: Mapping[str, object], expect: int = 0) -> str:
    (tree / "words.json").write_text(json.dumps(words), encoding="utf-8")
    return translate(tree, "fill", str(tree / "words.json"), expect=expect)


def test_every_word_of_the_screens_has_polish() -> None:
    translate(ROOT, "missing")


def test_words_are_found_in_python_and_templates(tree: Path) -> None:
    assert set(translate(tree, "extract").splitlines()) == {
        "Hello %(name)s",
        "%(num)d task|%(num)d tasks",
        "Save",
        "May",
    }


def test_filled_words_are_no_longer_missing(tree: Path) -> None:
    assert "Save" in translate(tree, "missing", expect=1)
    polish = {
        "Save": "Zapisz",
        "month\u0004May": "maj",
        "Hello %(name)s": "Dzień dobry, %(name)s",
        "%(num)d task|%(num)d tasks": ["%(num)d zadanie", "%(num)d zadania", "%(num)d zadań"],
    }
    fill(tree, polish)
    assert translate(tree, "missing") == ""
    assert (tree / CATALOGUE).with_suffix(".mo").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"Hello %(name)s": "Dzień dobry"}, "placeholders differ"),
        ({"Hello %(name)s": "Dzień dobry, %(imie)s"}, "placeholders differ"),
        ({"Goodbye": "Do widzenia"}, "not a msgid"),
        ({"%(num)d task": "zadanie"}, "is a plural"),
        ({"%(num)d task|%(num)d tasks": ["%(num)d zadanie", "%(num)d zadania"]}, "3 forms"),
        ({"Save": ""}, "no Polish"),
        ({"Save": 7}, "expected a text"),
    ],
)
def test_wrong_words_are_refused_with_the_reason_and_change_nothing(
    tree: Path, words: Mapping[str, object], reason: str
) -> None:
    translate(tree, "update")
    before = (tree / CATALOGUE).read_text(encoding="utf-8")
    assert reason in fill(tree, {**words, "month\u0004May": "maj"}, expect=2)
    assert (tree / CATALOGUE).read_text(encoding="utf-8") == before


def test_a_template_that_does_not_parse_costs_no_translation(tree: Path) -> None:
    fill(tree, {"Save": "Zapisz"})
    (tree / "templates" / "page.html").write_text("{% if %}", encoding="utf-8")
    assert "templates/page.html" in translate(tree, "update", expect=2)
    assert "Zapisz" in (tree / CATALOGUE).read_text(encoding="utf-8")


def test_words_no_longer_used_leave_the_catalogue(tree: Path) -> None:
    fill(tree, {"Save": "Zapisz"})
    (tree / "templates" / "page.html").unlink()
    translate(tree, "update")
    assert "Zapisz" not in (tree / CATALOGUE).read_text(encoding="utf-8")
