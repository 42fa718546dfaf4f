"""The house keeps its own rules: who may import whom, sizes, names, marks on endpoints, complete docs."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.permissions import PERMISSIONS, Permission, Role
from app.config import Settings

ROOT = Path(__file__).resolve().parent.parent
PURE_FILES = ("permissions", "schema", "scoring", "states", "merge", "rules", "lifecycle", "errors")
PURE_LIBRARIES = {"pydantic", "pydantic_core", "orjson"}
ALSO_ALLOWED = {
    "app.checklists.yaml_source": {"yaml"},  # reads text, nothing else
    "app.certificates.number": {"stdnum"},  # check digits by ISO 7064
    "app.accounts.qr": {"segno", "markupsafe"},  # a text becomes a drawing
}
# rendering and report hold job handlers, which are entries too
MAY_COMMIT = {"views", "api", "cli", "handlers", "commands", "jobs", "web", "security", "rendering", "report"}
UNWANTED_WORDS = {
    "helper",
    "helpers",
    "util",
    "utils",
    "manager",
    "common",
    "base",
    "data",
    "info",
    "process",
}
EXACT_TERMS = {
    "Base",
    "process_bind_param",
    "process_result_value",
    "common_denominator",
    "process_data",
    "process_formdata",
}
LINES_OF_A_FILE = 400
LINES_OF_A_TEMPLATE = 80


@cache
def tracked(*patterns: str) -> list[Path]:
    """The project's own files."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def python_files(folder: str) -> list[Path]:
    return [path for path in tracked(f"{folder}/*.py") if path.stat().st_size]


def is_pure(path: Path) -> bool:
    """Does the module say so in its first docstring, or bear one of the names that promise it?"""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return bool(re.search(r"\bPure\b", words)) or (path.stem in PURE_FILES and path.parent.name != "app")


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules


def test_the_import_contracts_are_kept() -> None:
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-4000:]


def test_pure_modules_import_the_standard_library_pydantic_orjson_and_each_other_only() -> None:
    pure = {name_of(path): path for path in python_files("app") if is_pure(path)}
    assert len(pure) > 5
    for name, path in pure.items():
        for module in imported_modules(path):
            top = module.partition(".")[0]
            if top == "app":
                allowed = module in pure or module.rpartition(".")[0] in pure or module in {"app", *folders_of(pure)}
            else:
                allowed = top in sys.stdlib_module_names | PURE_LIBRARIES | ALSO_ALLOWED.get(name, set())
            assert allowed, f"{name} is pure and must not import {module}"


def folders_of(names: dict[str, Path]) -> set[str]:
    return {name.rpartition(".")[0] for name in names}


def test_only_entries_commit() -> None:
    for path in python_files("app"):
        if path.stem in MAY_COMMIT or path.stem.endswith("_views") or "demo" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert "session.commit()" not in line, f"{name_of(path)}:{number}: services never commit, entries do"


def test_files_stay_small() -> None:
    for path in tracked("*.py", "*.js", "*.css", "*.html"):
        if path.is_relative_to(ROOT / "migrations" / "versions"):
            continue  # written by Alembic
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LINES_OF_A_FILE, f"{path.relative_to(ROOT)} has {lines} lines: does the domain want splitting?"


def test_page_templates_stay_small() -> None:
    for path in tracked("templates/*.html"):
        if path.parent.name.startswith("_") or path.name.startswith("_"):
            continue  # macros and the layout
        if path.parent.name == "pdf":
            continue  # whole documents
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LINES_OF_A_TEMPLATE, f"{path.relative_to(ROOT)} has {lines} lines: make a macro of a part"


def test_pages_leave_fields_to_the_macros() -> None:
    for path in tracked("templates/*.html"):
        if path.parent.name == "_macros" or path.name.startswith("_"):
            continue
        assert "<input" not in path.read_text(encoding="utf-8"), f"{path.relative_to(ROOT)} writes <input> itself"


def test_names_say_what_a_thing_is() -> None:
    for path in python_files("app"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        for name in [path.stem, *names]:
            words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
            if name in EXACT_TERMS:
                continue
            assert not words & UNWANTED_WORDS, f"{name_of(path)}: {name} says too little"


def test_every_endpoint_says_who_may_use_it(app: Flask) -> None:
    unmarked = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "access") and rule.endpoint.partition(".")[0] != "security"
    )
    assert not unmarked, f"neither @requires, @signed_in nor @public: {unmarked}"


def test_a_plain_start_loads_no_pdf_library() -> None:
    program = "import sys, app; app.create_app; sys.exit('weasyprint' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert answer.returncode == 0, "importing the app imports WeasyPrint: a second start must stay under three seconds"


def docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in tracked("*.md"))


def test_the_docs_explain_every_setting() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"BASE_{name.upper()}")
        assert f"`{variable}`" in operations, f"docs/operations.md does not name {variable}"
        assert field.description, f"{variable} has no description"
        assert field.description in operations, f"docs/operations.md says something else about {variable}"


def test_the_docs_print_the_permission_table() -> None:
    printed = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    heads = [role.value.replace("_", " ") for role in Role]
    assert f"| Permission | {' | '.join(heads)} |" in printed
    for permission in Permission:
        cells = ["yes" if permission in PERMISSIONS[role] else "" for role in Role]
        assert f"| `{permission}` | {' | '.join(cells)} |" in printed, f"docs/permissions.md: {permission}"


def test_the_docs_name_every_script() -> None:
    scripts = [path for path in tracked("script/*") if not path.suffix]
    assert len(scripts) > 4
    for path in scripts:
        assert f"script/{path.name}" in docs(), f"no document names script/{path.name}"


@pytest.mark.parametrize("path", [path for path in tracked("script/*") if not path.suffix], ids=lambda path: path.name)
def test_every_script_explains_itself(path: Path) -> None:
    answer = subprocess.run([path, "--help"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0
    assert f"script/{path.name}" in answer.stdout


def test_nothing_names_where_it_was_made() -> None:
    # The brackets keep this line from being found itself.
    unwanted = re.compile(r"pypi[.]org|npmj[s]\.|python[h]osted|(?<![\w.])/wor[k]/|[.][.]/share[d]")
    for path in tracked():
        if path.suffix in {".png", ".woff2", ".ttf", ".jpg", ".heic", ".pdf", ".xlsx"}:
            continue
        found = unwanted.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{path.relative_to(ROOT)} names {found[0]}"
