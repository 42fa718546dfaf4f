"""``flask checklist …``: output, messages, exit codes."""

# ruff: noqa: E501 - every expected line stands whole, as it is printed

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result
from flask import Flask

from app.checklists.cli import checklist, schema_text
from app.checklists.key_reference import key_reference, with_key_reference
from app.checklists.library import FOLDER, load
from app.checklists.schema import AreaFile, Content
from app.checklists.translation import Translation
from app.checklists.yaml_source import read_yaml
from tests.rules.checklist_text import CHECKLISTS, changed, written

DEMO = CHECKLISTS / "demo.yaml"
FITTING = {"profile": {"products": ["food"]}, "answers": {"EKO-ODP-01": {"value": 4}, "EKO-ODP-02": {"value": "4"}}}


def run(*arguments: object) -> Result:
    """One command, in an application that has nothing else: no database, no settings."""
    return Flask("bare").test_cli_runner().invoke(checklist, [str(argument) for argument in arguments])


def answers(folder: Path, content: object) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    return written(folder, text, "answers.json")


def lines(text: str, folder: Path) -> list[str]:
    return text.replace(f"{folder}/", "").splitlines()


class TestValidate:
    def test_a_valid_checklist_is_exit_0(self) -> None:
        result = run("validate", DEMO)
        assert result.exit_code == 0
        assert result.stdout == f"{DEMO}: demo 1 is valid: 2 criteria, {load(DEMO).digest}\n"
        assert result.stderr == ""

    def test_each_error_is_a_line_on_stderr_and_exit_1(self, tmp_path: Path) -> None:
        path = written(tmp_path, changed(("class: legal", "class: x"), ("scale: maturity", "scale: y")))
        result = run("validate", path)
        assert (result.exit_code, result.stdout) == (1, "")
        assert [line.split(": ")[0] for line in lines(result.stderr, tmp_path)] == ["c.yaml:51:20", "c.yaml:52:20"]

    def test_several_paths_are_all_checked(self, tmp_path: Path) -> None:
        result = run("validate", tmp_path / "a.yaml", DEMO, tmp_path / "b.yaml")
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 2
        assert "demo 1 is valid" in result.stdout

    def test_a_missing_translation_is_a_warning_and_exit_0(self, tmp_path: Path) -> None:
        result = run("validate", written(tmp_path, changed(("[pl]", "[pl, en]"))))
        assert result.exit_code == 0
        assert lines(result.stderr, tmp_path) == [
            "c.yaml:5:17: languages[en]: 0 of 18 texts are translated to en; missing: title, areas.EKO, sections.EKO-ODP, classes.legal, classes.plain … (18 in all) (warning)"
        ]

    def test_completeness_is_reported_for_each_other_language(self, tmp_path: Path) -> None:
        written(tmp_path, changed(("[pl]", "[pl, en]")), "checklist.yaml")
        written(tmp_path, "title: A small list\nareas: {EKO: {title: Ecology}}", "translations/en.yaml")
        assert run("validate", tmp_path).stdout.splitlines()[1] == f"{tmp_path}: en: 2 of 18 texts are translated"

    def test_without_a_path_it_says_how(self) -> None:
        assert run("validate").exit_code == 2


class TestScore:
    def test_it_prints_one_json_object(self, tmp_path: Path) -> None:
        result = run("score", DEMO, answers(tmp_path, FITTING))
        found = json.loads(result.stdout)
        assert result.exit_code == 0
        assert (found["grade"], found["certifies"], found["total"]["percent"]) == ("base", True, "100.00")
        assert found["digest"] == load(DEMO).digest

    def test_the_same_input_gives_the_same_bytes(self, tmp_path: Path) -> None:
        path = answers(tmp_path, FITTING)
        assert run("score", DEMO, path).stdout_bytes == run("score", DEMO, path).stdout_bytes

    def test_an_answer_that_counts_nowhere_is_a_note(self, tmp_path: Path) -> None:
        result = run("score", DEMO, answers(tmp_path, {"answers": FITTING["answers"]}))
        assert result.exit_code == 0
        assert lines(result.stderr, tmp_path) == [
            "answers.json: EKO-ODP-01: does not apply here, so its answer counts nowhere (note)"
        ]
        assert json.loads(result.stdout)["applicable"] == 1

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ({"answers": {"X": {"value": 1}}}, "X: there is no such criterion; known here: EKO-ODP-01, EKO-ODP-02"),
            ({"answers": {"EKO-ODP-01": {"value": 3}}}, "EKO-ODP-01: 3 is no answer here; answer one of 0, 2, 4"),
            ({"answers": {"EKO-ODP-01": {"value": None}}}, 'EKO-ODP-01: has neither "value" nor "na"; give one of them or leave the criterion out'),
            ({"answers": []}, '"answers" must be an object {…}, found a list'),
            ({"profile": {}}, '"answers" is missing; {"answers": {}} when there are none'),
            ({"answers": {}, "profil": {}}, 'unknown key "profil"; did you mean "profile"?'),
            ([1], 'expected {"profile": …, "answers": …}, found a list'),
            ("", "line 1, column 1: this is not JSON: Expecting value"),
            ("{'answers': {}}", "line 1, column 2: this is not JSON: Expecting property name enclosed in double quotes"),
            ('{"answers": {"EKO-ODP-01": {"value": NaN}}}', "NaN is not a number"),
            ('{"answers": {"EKO-ODP-01": {"value": 1e999}}}', "the number 1e999 has more than 15 digits"),
            ('{"answers": {"EKO-ODP-01": {"value": ' + "9" * 5000 + "}}}", "the number 999999999999999999999999999999999999999999999999999999999… has more than 15 digits"),
            ('{"answers": {"A": {}, "A": {}}}', '"A" stands twice; keep one of them'),
            ("[" * 100_000, "the file is nested too deeply"),
            ('{"answers": {"\\ud800": {"value": 1}}}', "\\ud800: there is no such criterion; known here: EKO-ODP-01, EKO-ODP-02"),
            ('{"answers": {"a\\nb": {"value": 1}}}', "a\\nb: there is no such criterion; known here: EKO-ODP-01, EKO-ODP-02"),
        ],
    )  # fmt: skip
    def test_answers_that_do_not_fit_are_one_line_and_exit_2(
        self, tmp_path: Path, content: object, message: str
    ) -> None:
        result = run("score", DEMO, answers(tmp_path, content))
        assert (result.exit_code, result.stdout) == (2, "")
        assert lines(result.stderr, tmp_path) == [f"answers.json: {message}"]

    def test_answers_that_are_not_there_are_exit_2(self, tmp_path: Path) -> None:
        for path in (tmp_path / "answers.json", tmp_path):
            result = run("score", DEMO, path)
            assert (result.exit_code, result.stderr) == (2, f"{path}: there is no such file\n")

    def test_answers_that_are_not_utf_8_are_exit_2(self, tmp_path: Path) -> None:
        path = answers(tmp_path, "")
        path.write_bytes(b'{"answers": "\xff"}')
        assert run("score", DEMO, path).stderr == f"{path}: the file is not UTF-8\n"

    def test_the_output_is_utf_8_in_every_locale(self, tmp_path: Path) -> None:
        runner = Flask("bare").test_cli_runner(charset="latin-1")
        result = runner.invoke(checklist, ["score", str(DEMO), str(answers(tmp_path, FITTING))])
        assert "Wynik łączny: co najmniej" in result.stdout_bytes.decode("utf-8")

    def test_a_wrong_checklist_is_exit_1(self, tmp_path: Path) -> None:
        result = run("score", written(tmp_path, changed(("class: legal", "class: x"))), answers(tmp_path, FITTING))
        assert (result.exit_code, result.stdout) == (1, "")
        assert "there is no class" in result.stderr


class TestDiff:
    def test_it_tells_changes_and_what_carry_does(self, tmp_path: Path) -> None:
        new = changed(
            ('version: "1"', 'version: "2"\nreplaces: "1"\ncarry: {EKO-ODP-02: {to: EKO-ODP-03}, GONE: drop}'),
            ("weight: 2\n", "weight: 3\n"),
            ("- id: EKO-ODP-02", "- id: EKO-ODP-03"),
            ("asked_when: {EKO-ODP-02: [4]}", "asked_when: {EKO-ODP-03: [4]}"),
            ("total: {min: 70}", "total: {min: 75}"),
        )
        result = run("diff", DEMO, written(tmp_path, new))
        assert result.exit_code == 0
        assert result.stdout.splitlines() == [
            "demo 1 → demo 2",
            "changed  checklist grades: base",
            "removed  criterion EKO-ODP-02",
            "changed  criterion EKO-ODP-01: asked_when, weight",
            "added    criterion EKO-ODP-03",
            "running audits:",
            "  EKO-ODP-01: keeps its answer (carry says nothing)",
            "  EKO-ODP-02: keeps its answer as EKO-ODP-03 (carry says so)",
            "  GONE: carry names it, but 1 has no such criterion",
        ]

    def test_the_same_is_the_same(self) -> None:
        result = run("diff", DEMO, DEMO)
        assert "nothing changed" in result.stdout
        assert "none is moved by it" in result.stdout

    def test_a_wrong_one_is_exit_1(self, tmp_path: Path) -> None:
        assert run("diff", DEMO, tmp_path / "missing.yaml").exit_code == 1


class TestSchema:
    def test_the_committed_schema_is_what_the_command_prints(self) -> None:
        result = run("schema")
        assert result.exit_code == 0
        assert result.stdout == schema_text()
        assert (FOLDER / "checklist.schema.json").read_text(encoding="utf-8") == result.stdout

    def test_the_key_tables_of_the_readme_are_current(self) -> None:
        readme = (FOLDER / "README.md").read_text(encoding="utf-8")
        assert with_key_reference(readme) == readme

    def test_every_key_is_explained(self) -> None:
        tables = key_reference()
        for model in (Content, AreaFile, Translation):
            fields = model.model_fields
            assert all(f"| `{info.alias or name}` |" in tables and info.description for name, info in fields.items())

    @pytest.mark.parametrize("path", [*sorted(CHECKLISTS.glob("*.yaml")), *FOLDER.glob("*/*/checklist.yaml")], ids=str)
    def test_every_checklist_fits_the_schema(self, path: Path) -> None:
        jsonschema.Draft202012Validator(json.loads(schema_text())).validate(as_json(path.read_bytes()))

    def test_the_schema_itself_is_valid(self) -> None:
        jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))

    def test_an_unknown_key_does_not_fit_it(self) -> None:
        document = as_json(changed(("title:", "titel:")).encode())
        assert not jsonschema.Draft202012Validator(json.loads(schema_text())).is_valid(document)


def as_json(content: bytes) -> Any:
    """A YAML file as the JSON that an editor compares with the schema."""
    return json.loads(json.dumps(read_yaml(content, "c.yaml"), default=float))


class TestPublish:
    def test_it_publishes_and_says_so(self, tmp_path: Path) -> None:
        path = written(tmp_path / "checklists" / "demo" / "1", changed(), "checklist.yaml")
        first, second = run("publish", path.parent), run("publish", path.parent)
        digest = load(path).digest
        assert (first.exit_code, first.stdout) == (0, f"{path.parent}: published: {digest}\n")
        assert (second.exit_code, second.stdout) == (0, f"{path.parent}: is already published: {digest}\n")
        path.write_text(path.read_text(encoding="utf-8").replace("weight: 2", "weight: 3"), encoding="utf-8")
        for command in (("publish", path), ("validate", path), ("score", path, answers(tmp_path, FITTING))):
            result = run(*command)
            assert result.exit_code == 1
            assert "was published and has changed since" in result.stderr
