"""Checklists in folders: area files, translations, digests, publishing, the lock."""

# ruff: noqa: E501 - every expected line stands whole, as it is printed
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from app.checklists import library
from app.checklists.checklist import as_bundle, text
from app.checklists.library import Loaded, examine, load
from app.checklists.lock import LOCK
from app.checklists.problems import ChecklistError
from app.checklists.publishing import publish
from tests.rules.checklist_text import CHECKLISTS, DEMO, changed, complaints, written

ROOT = library.FOLDER
FOLDERS = sorted(path.parent for path in ROOT.glob("*/*/checklist.yaml"))
EVERY = [*FOLDERS, *sorted(CHECKLISTS.glob("*.yaml"))]
HEAD, _, REST = DEMO.partition("    sections:")
SECTIONS, GRADES = REST.partition("\ngrades:")[::2]
SPLIT = f"{HEAD}    file: ecology.yaml\ngrades:{GRADES}"
AREA = "sections:" + SECTIONS

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes checklists/demo/<name>/ with the area in a file of its own."""

    def make(main: str = SPLIT, area: str = AREA, name: str = "1") -> Path:
        path = tmp_path / "checklists" / "demo" / name
        written(path, main, "checklist.yaml")
        written(path, area, "ecology.yaml")
        return path

    return make


@pytest.mark.parametrize("path", EVERY, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_checklist_is_valid_and_completely_translated(path: Path) -> None:
    loaded = examine(path)
    warnings = [str(warning) for warning in loaded.warnings if "run publish" not in str(warning)]
    assert warnings == []
    assert len({criterion.id for criterion in loaded.checklist.content.criteria()}) == len(loaded.checklist.criteria)


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_folder_is_named_after_its_checklist_and_version(path: Path) -> None:
    checklist = load(path)
    assert (checklist.id, checklist.version) == (path.parent.name, path.name)


def test_an_area_may_stand_in_a_file_of_its_own(folder: Folder) -> None:
    split, whole = load(folder()), load(CHECKLISTS / "demo.yaml")
    assert split.digest == whole.digest
    assert list(split.criteria) == list(whole.criteria)


def test_mistakes_in_an_area_file_are_told_with_its_name_and_line(folder: Folder) -> None:
    assert complaints(folder(area=AREA.replace("scale: maturity", "scale: x", 1))) == [
        (
            'ecology.yaml:7:20: sections[EKO-ODP].criteria[EKO-ODP-01].scale: there is no scale "x"; '
            "known here: maturity, graded, amount"
        )
    ]


def test_mistakes_of_all_files_are_told_together(folder: Folder) -> None:
    lines = complaints(folder(SPLIT.replace("status: draft", "status: x"), AREA.replace("weight: 2", "weight: x")))
    assert [line.split(":")[0] for line in lines] == ["checklist.yaml", "ecology.yaml"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../other.yaml", '"../other.yaml" leads outside the checklist\'s folder; name a file beside checklist.yaml'),
        ("/etc/passwd", '"/etc/passwd" leads outside the checklist\'s folder; name a file beside checklist.yaml'),
        (".", '"." leads outside the checklist\'s folder; name a file beside checklist.yaml'),
        ("missing.yaml", 'there is no file "missing.yaml" in the checklist\'s folder'),
        ("link.yaml", '"link.yaml" leads outside the checklist\'s folder; name a file beside checklist.yaml'),
    ],
)
def test_an_area_file_lies_in_the_folder(folder: Folder, tmp_path: Path, name: str, message: str) -> None:
    path = folder(SPLIT.replace("ecology.yaml", name))
    (tmp_path / "outside.yaml").write_text(AREA, encoding="utf-8")
    (path / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    assert complaints(path) == [f"checklist.yaml:45:11: areas[EKO].file: {message}"]


def test_a_folder_without_a_checklist_says_where_some_are(folder: Folder, tmp_path: Path) -> None:
    folder()
    assert complaints(tmp_path / "checklists") == [
        "checklist.yaml:1:1: (file): is missing; a checklist folder needs checklist.yaml; checklists are in: demo/1"
    ]


class TestDigest:
    def test_it_covers_content_and_nothing_else(self, tmp_path: Path) -> None:
        whole = load(CHECKLISTS / "demo.yaml").digest
        for replacement in (
            ("status: draft", "status: published"),
            ("checklist: demo", "# a comment\nchecklist: 'demo'"),
            ("    weight: 1                         # default 1\n", ""),
            ("min: 3.0", "min: 3"),
            ("{value: 2, points: 2,", '{value: "2", points: 2.0,'),
        ):
            assert load(written(tmp_path, changed(replacement))).digest == whole, replacement

    @pytest.mark.parametrize(
        "replacement",
        [
            ("Mała lista", "Mała  lista"),
            ("weight: 2\n", "weight: 2.000001\n"),
            ("  observation: {}", "  observation: {needs: plan}"),
            (
                "  critical: {blocks_certificate: true}\n  major: {deadline_days: 60, blocks_certificate: true}\n",
                "  major: {deadline_days: 60, blocks_certificate: true}\n  critical: {blocks_certificate: true}\n",
            ),
        ],
    )
    def test_it_notices_every_change_of_content(self, tmp_path: Path, replacement: tuple[str, str]) -> None:
        assert load(written(tmp_path, changed(replacement))).digest != load(CHECKLISTS / "demo.yaml").digest

    def test_it_covers_translations(self, folder: Folder) -> None:
        path = folder(SPLIT.replace("[pl]", "[pl, en]"))
        before = load(path).digest
        written(path, "title: A small list\n", "translations/en.yaml")
        assert load(path).digest != before


class TestTranslations:
    TEXTS = """
title: A small list
areas: {EKO: {title: Ecology}}
sections: {EKO-ODP: {title: Waste}}
scales: {maturity: {0: none, 2: partly, 4: exemplary}, graded: {D: D, B: B, A: A}}
classes: {legal: {title: Legal duty}, plain: {title: Criterion}}
grades: {base: {title: BASE}, none: {title: No certificate}}
criteria:
  EKO-ODP-01: {question: How do you sort waste?, levels: {0: not, 2: bins, 4: labelled bins and records}}
  EKO-ODP-02: {question: What of hazardous waste?}
"""

    def loaded(self, folder: Folder, texts: str) -> Loaded:
        path = folder(SPLIT.replace("[pl]", "[pl, en]"))
        written(path, texts, "translations/en.yaml")
        return examine(path)

    def test_a_complete_one_gives_no_warning(self, folder: Folder) -> None:
        assert self.loaded(folder, self.TEXTS).warnings == ()

    def test_the_view_has_the_other_languages_texts(self, folder: Folder) -> None:
        english = text(self.loaded(folder, self.TEXTS).checklist, "en")
        first = next(english.criteria())
        assert (english.title, english.areas[0].title, english.areas[0].sections[0].title) == (
            "A small list", "Ecology", "Waste",
        )  # fmt: skip
        assert (first.question, first.levels["2"]) == ("How do you sort waste?", "bins")
        assert english.scales["maturity"].levels[1].label == "partly"
        assert english.grades[1].title == "No certificate"

    def test_what_is_missing_is_a_warning_and_falls_back(self, folder: Folder) -> None:
        found = self.loaded(folder, self.TEXTS.replace("question: How do you sort waste?, ", ""))
        (warning,) = found.warnings
        assert "languages[en]: 17 of 18 texts are translated to en; missing: criteria.EKO-ODP-01.question" in str(
            warning
        )
        assert next(text(found.checklist, "en").criteria()).question == "Jak segregują Państwo odpady?"

    def test_a_language_without_a_file_is_a_warning(self, folder: Folder) -> None:
        (warning,) = examine(folder(SPLIT.replace("[pl]", "[pl, en]"))).warnings
        assert "0 of 18 texts are translated to en" in str(warning)

    @pytest.mark.parametrize(
        ("texts", "line"),
        [
            ("areas: {EKN: {title: x}}", '1:9: areas.EKN: the checklist has no such area; did you mean "EKO"?'),
            ("scales: {maturity: {1: x}}", '1:20: scales.maturity.1: scale "maturity" has no such level; known here: 0, 2, 4'),
            ("classes: {lega: {title: x}}", '1:11: classes.lega: the checklist has no such class; did you mean "legal"?'),
            ("criteria: {X: {question: q}}", "1:12: criteria.X: the checklist has no such criterion; known here: EKO-ODP-01, EKO-ODP-02"),
            ("criteria: {EKO-ODP-02: {why: q}}", "1:25: criteria.EKO-ODP-02.why: the source has no why; delete it here or add it there"),
            ("criteria: {EKO-ODP-02: {levels: {0: q}}}", '1:33: criteria.EKO-ODP-02.levels.0: the source describes no level "0"; known here: (none)'),
            ("criteria: {EKO-ODP-02: {look_for: [q]}}", "1:35: criteria.EKO-ODP-02.look_for: has 1 texts, the source 0; keep its order and number"),
            ("criteria: {EKO-ODP-02: {qestion: q}}", '1:25: criteria.EKO-ODP-02.qestion: unknown key; did you mean "question"?'),
            ("title: [a]", "1:8: title: expected a text, found a list"),
        ],
    )  # fmt: skip
    def test_what_the_checklist_does_not_have_is_an_error(self, folder: Folder, texts: str, line: str) -> None:
        with pytest.raises(ChecklistError) as wrong:
            self.loaded(folder, texts)
        (problem,) = wrong.value.problems
        assert str(problem).endswith(f"translations/en.yaml:{line}")

    def test_a_language_that_the_checklist_does_not_name_is_an_error(self, folder: Folder) -> None:
        path = folder()
        written(path, "title: Eine Liste", "translations/de.yaml")
        assert complaints(path) == ["translations/de.yaml:1:1: (file): de is not among the other languages: (none)"]

    def test_the_tablets_bundle_has_the_same_shape_in_each_language(self, folder: Folder) -> None:
        checklist = self.loaded(folder, self.TEXTS).checklist
        polish, english = (json.loads(as_bundle(checklist, language)) for language in ("pl", "en"))
        assert (polish["language"], polish["digest"]) == ("pl", checklist.digest)
        assert (polish["areas"][0]["title"], english["areas"][0]["title"]) == ("Ekologia", "Ecology")
        assert as_bundle(checklist, "en") == as_bundle(checklist, "en")

    def test_the_bundle_is_a_checklist_that_can_be_read_again(self, tmp_path: Path) -> None:
        original = load(CHECKLISTS / "impact_points.yaml")
        document = json.loads(as_bundle(original, "en"))
        del document["digest"], document["language"]
        again = load(written(tmp_path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True)))
        assert again.digest == original.digest


class TestPublishing:
    def test_it_changes_one_word_and_writes_the_lock(self, folder: Folder, tmp_path: Path) -> None:
        path = folder()
        digest, done = publish(path)
        assert done
        assert (path / "checklist.yaml").read_text(encoding="utf-8") == SPLIT.replace(
            "status: draft", "status: published"
        )
        lock = tmp_path / "checklists" / LOCK
        assert json.loads(lock.read_text(encoding="utf-8")) == {"demo": {"1": digest}}
        assert examine(path).warnings == ()
        assert sorted(each.name for each in path.iterdir()) == ["checklist.yaml", "ecology.yaml"]

    def test_a_second_time_does_nothing(self, folder: Folder) -> None:
        path = folder()
        digest, _ = publish(path)
        assert publish(path) == (digest, False)

    @pytest.mark.parametrize("status", ['status: "draft"', "status:   draft   # not yet", "status: draft\r"])
    def test_quotes_comments_and_line_ends_stay(self, folder: Folder, status: str) -> None:
        path = folder(SPLIT.replace("status: draft", status))
        publish(path)
        expected = SPLIT.replace("status: draft", status.replace("draft", "published"))
        assert (path / "checklist.yaml").read_bytes() == expected.encode()

    @pytest.mark.parametrize("status", ["published", "draft"])
    def test_a_published_version_never_changes(self, folder: Folder, status: str) -> None:
        path = folder()
        publish(path)
        folder(SPLIT.replace("status: draft", f"status: {status}"), AREA.replace("weight: 2", "weight: 3"))
        expected = [
            (
                'checklist.yaml:3:9: status: version "1" was published and has changed since; '
                "put it back as it was, or copy it to a new folder with a new version"
            )
        ]
        assert complaints(path) == expected
        with pytest.raises(ChecklistError):
            load(path)
        with pytest.raises(ChecklistError):
            publish(path)

    def test_a_changed_translation_is_a_change(self, folder: Folder) -> None:
        path = folder(SPLIT.replace("[pl]", "[pl, en]"))
        publish(path)
        written(path, "title: A small list", "translations/en.yaml")
        assert "has changed since" in complaints(path)[0]

    def test_the_next_version_is_a_new_folder(self, folder: Folder, tmp_path: Path) -> None:
        publish(folder())
        second = folder(SPLIT.replace('version: "1"', 'version: "2"'), AREA.replace("weight: 2", "weight: 3"), "2")
        publish(second)
        lock = json.loads((tmp_path / "checklists" / LOCK).read_text(encoding="utf-8"))
        assert list(lock["demo"]) == ["1", "2"]

    def test_published_by_hand_is_a_warning_once_there_is_a_lock(self, folder: Folder) -> None:
        publish(folder())
        text = SPLIT.replace('version: "1"', 'version: "2"').replace("status: draft", "status: published")
        (warning,) = examine(folder(text, name="2")).warnings
        assert str(warning).endswith("status: says published but is not in published.lock; run publish")

    def test_a_wrong_checklist_is_not_published(self, folder: Folder, tmp_path: Path) -> None:
        path = folder(SPLIT.replace("title: Mała lista", "titel: x"))
        with pytest.raises(ChecklistError):
            publish(path)
        assert not (tmp_path / "checklists" / LOCK).exists()

    @pytest.mark.parametrize("content", ["", "[1]", '{"demo": 1}', "\xff"])
    def test_a_damaged_lock_is_one_line(self, folder: Folder, tmp_path: Path, content: str) -> None:
        path = folder()
        (tmp_path / "checklists" / LOCK).write_bytes(content.encode("latin-1"))
        with pytest.raises(ChecklistError, match="the lock cannot be read; restore it from version control"):
            load(path)


class TestLibrary:
    @pytest.fixture
    def shelf(self, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
        """A library with versions 1 (from January), 9 and 10 (from June) of ``demo``."""
        monkeypatch.setattr(library, "FOLDER", tmp_path / "checklists")
        for version, day in (("1", "2026-01-01"), ("9", "2026-06-01"), ("10", "2026-06-01")):
            text = SPLIT.replace('version: "1"', f'version: "{version}"').replace(
                "valid_from: 2026-01-01", f"valid_from: {day}"
            )
            publish(folder(text, name=version))
        library.published.cache_clear()
        yield tmp_path / "checklists"
        library.published.cache_clear()

    def test_a_published_version_is_read_once(self, shelf: Path) -> None:
        first = library.published("demo", "1")
        shutil.rmtree(shelf / "demo" / "1")
        assert library.published("demo", "1") is first

    def test_the_current_version_is_the_newest_in_force(self, shelf: Path) -> None:
        assert library.current("demo").version == "10"
        assert library.current("demo", date(2026, 5, 31)).version == "1"
        with pytest.raises(ChecklistError, match="no version of demo is published and in force"):
            library.current("demo", date(2025, 1, 1))
        with pytest.raises(ChecklistError, match="no version of other"):
            library.current("other")

    def test_what_is_not_in_the_lock_is_not_published(self, shelf: Path, folder: Folder) -> None:
        folder(SPLIT.replace('version: "1"', 'version: "11"'), name="11")
        with pytest.raises(ChecklistError, match="demo 11 is not published; published: demo 1, demo 10, demo 9"):
            library.published("demo", "11")
