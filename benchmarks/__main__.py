"""``python -m benchmarks [NAME …] [--write]``: run them, print the table, exit 1 when a goal is missed."""

import argparse
import sys
from pathlib import Path

from benchmarks import documents, lists, postgresql, rules, saving, screen, sending, start, tablet
from benchmarks.table import Row, show

ALL = {
    "rules": rules,
    "documents": documents,
    "saving": saving,
    "screen": screen,
    "tablet": tablet,
    "sending": sending,
    "lists": lists,
    "start": start,
}
EXTRA = {"postgresql": postgresql}
RESULTS = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
MARK = "<!-- results -->"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "names",
        nargs="*",
        choices=[*ALL, *EXTRA, []],
        help=f"which ones: {', '.join([*ALL, *EXTRA])}; default: all but the last",
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.names or ALL:
        for row in (ALL | EXTRA)[name].measure():
            rows.append(row)
            print(show([row]).splitlines()[-1], flush=True)
    if options.write:
        head, _mark, _old = RESULTS.read_text(encoding="utf-8").partition(MARK)
        RESULTS.write_text(f"{head}{MARK}\n\n{show(rows)}\n", encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
