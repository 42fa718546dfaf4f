"""What a decision was taken on, as one canonical document with a digest. Pure.

The answers and the result inside have the formats of the checklist commands: ``flask checklist score`` gives the
same result again from them.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.checklists import canonical, exact

FORMAT = 1


def sealed(
    *,
    case: str,
    checklist: Mapping[str, str],
    profile: Mapping[str, object],
    answers: Mapping[str, object],
    findings: Sequence[Mapping[str, object]],
    result: Mapping[str, object],
    open_minors: Sequence[str],
) -> dict[str, Any]:
    """Everything decided on, as plain values that JSON keeps. ``checklist`` holds id, version and digest."""
    content = {
        "format": FORMAT,
        "case": case,
        "checklist": dict(checklist),
        "profile": dict(profile),
        "answers": dict(answers),
        "findings": list(findings),
        "result": dict(result),
        "open_minors": list(open_minors),
    }
    plain: dict[str, Any] = json.loads(json.dumps(content, default=_plain))
    return plain


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256, in hex, over the canonical JSON (RFC 8785) of a sealed document.

    Numbers may have passed through a database as doubles; up to 15 digits they are the same numbers still.
    """
    return canonical.digest(json.loads(json.dumps(content), parse_float=Decimal))


def answers_file(content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers after remediation in the shape of an answers file."""
    return {"profile": content["profile"], "answers": content["answers"]}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        tidy = exact.tidy(value)
        return tidy if isinstance(tidy, int) else float(tidy)
    return str(value)
