"""YAML is read strictly, exactly and safely, whatever the file holds."""

# ruff: noqa: E501 - every expected line stands whole, as it is printed
import os
import time
from decimal import Decimal
from pathlib import Path

import pytest

from app.checklists.problems import ChecklistError
from app.checklists.yaml_source import LARGEST_FILE, read_yaml
from tests.rules.checklist_text import complaints, written

BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + step, 98 + step, b", ".join([b"*%c" % (97 + step)] * 10)) for step in range(9)
)


def test_words_and_numbers_have_their_yaml_1_2_meaning() -> None:
    found = read_yaml(b"a: [no, nie, on, off, y, 2026-01-01, 012, 1_000, 1:30, true, 0x1F, -3, +4, 1e3]", "f")
    assert found["a"] == [
        *("no", "nie", "on", "off", "y", "2026-01-01"), 12, "1_000", "1:30", True, 31, -3, 4, Decimal(1000),
    ]  # fmt: skip


def test_decimals_are_exact_and_keep_how_they_were_written() -> None:
    found = read_yaml(b"a: 0.1\nb: 1.10\nc: .5", "f")
    assert found["a"] * 3 == Decimal("0.3")
    assert str(found["b"]) == "1.10"
    assert found["c"] == Decimal("0.5")


def test_anchors_repeat_values() -> None:
    assert read_yaml(b"a: &x {b: 1}\nc: *x", "f")["c"] == {"b": 1}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "f:1:1: (file): the file is empty; it needs a mapping (key: value)"),
        (b"# only a comment\n", "f:1:1: (file): the file is empty; it needs a mapping (key: value)"),
        (b"- a\n- b\n", "f:1:1: (file): the file holds a list; it needs a mapping (key: value)"),
        (b"just words", 'f:1:1: (file): the file holds "just words"; it needs a mapping (key: value)'),
        (b"a: 1\nb:\n\tc: 2\n", "f:3:1: b: a tab indents this line; indent with spaces"),
        (b"a: 1\nb:\n  c: 1\n\td: 2\n", "f:4:1: b.c: a tab indents this line; indent with spaces"),
        (
            b"question: is it: so\n",
            ("f:1:16: question: this is not YAML: mapping values are not allowed in this context; "
            'put a text that contains ": " in quotes'),
        ),
        (
            b'a: "open\n',
            ("f:2:1: a: this is not YAML: found unexpected end of stream (while scanning a quoted scalar from line 1); "
            "close the quote or bracket"),
        ),
        (b"<html><body>no</body></html>: [", None),
        (b"%PDF-1.7\n%\xe2\xe3", "f:2:2: (file): byte 0xe2 is not UTF-8; save the file as UTF-8"),
        (b"a: za\xbf\xf3\xb3\xe6\n", "f:1:6: (file): byte 0xbf is not UTF-8; save the file as UTF-8"),
        ("a: ąę\x01".encode(), "f:1:6: (file): a control character is in the text; delete it"),
        (b"a: 1\n---\nb: 2\n", "f:2:1: (file): a second document starts here; one checklist file holds one document"),
        (b"a: .nan", "f:1:4: a: .nan is not a number to calculate with; write a finite number or quote it as text"),
        (b"a: -.inf", "f:1:4: a: -.inf is not a number to calculate with; write a finite number or quote it as text"),
        (b"a: 1e999999999", "f:1:4: a: 1e999999999 has more than 15 digits; quote it if it is a text and no number"),
        (b"a: 1234567890123456", "f:1:4: a: 1234567890123456 has more than 15 digits; quote it if it is a text and no number"),
        (b"a: {true: x}", "f:1:5: a: true is no key; put it in quotes if it is meant as text"),
        (b"a: {~: x}", "f:1:5: a: nothing is no key; put it in quotes if it is meant as text"),
        (b"? [a, b]\n: c", "f:1:3: (file): a key must be one word or number, not a list or a mapping"),
        (b"a: &x {b: 1}\nc: {<<: *x}", "f:2:5: c: merge keys (<<) are not used here; write the keys out"),
        (b"a: !!python/name:os.system x", "f:1:4: a: tags (tag:yaml.org,2002:python/name:os.system) are not used here; write the plain value"),
        (b"a: *b", "f:1:4: a: *b repeats something that is not defined before it (&)"),
        (b"a: &x [1, *x]", "f:1:11: a[#2]: *x stands inside what it repeats; write the values out"),
        (b'a: {0: x, "0": y}', 'f:1:11: a.0: key "0" is already used in line 1; keep one of them'),
        (b"a:\n  - id: K\n    b:\n", "f:3:7: a[K].b: nothing stands here; write a value, {} or [], or delete the key"),
        (BOMB, "f:6:20: f[#4]: more than 500,000 values, repeated ones (*) counted; write a smaller file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_precise_line(content: bytes, line: str | None) -> None:
    with pytest.raises(ChecklistError) as wrong:
        read_yaml(content, "f")
    assert len(wrong.value.problems) == 1
    if line is not None:
        assert str(wrong.value) == line


@pytest.mark.parametrize("content", [b"[" * 1_000_000, b"{a: " * 100_000, b"- " * 1000, b"? " * 1000])
def test_nesting_is_limited_without_exhausting_the_stack(content: bytes) -> None:
    with pytest.raises(ChecklistError, match=r"nested more than 40 levels|a key must be one word"):
        read_yaml(content, "f")


def test_ten_megabytes_are_refused_early(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"- a\n" * 2_500_000)
    started = time.process_time()
    assert complaints(path) == ["c.yaml:1:1: (file): the file is larger than 4 MB; split it into area files"]
    assert time.process_time() - started < 0.5
    assert path.stat().st_size > LARGEST_FILE


@pytest.mark.parametrize("name", ["missing.yaml", "folder"])
def test_a_path_that_leads_to_no_checklist(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (line,) = complaints(tmp_path / name)
    assert line.startswith(
        "checklist.yaml:1:1: (file): is missing"
        if name == "folder"
        else "missing.yaml:1:1: (file): cannot be read: No such file"
    )


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert complaints(tmp_path / "pipe.yaml") == ["pipe.yaml:1:1: (file): cannot be read: not a usable path"]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes(b"\xef\xbb\xbfchecklist: a\r\nversion: 1\r\n")
    assert complaints(path)[-1].startswith("c.yaml:2:10: version: expected a text, found 1")
