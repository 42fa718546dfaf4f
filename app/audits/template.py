"""The checklist as the tablet holds it: what its screen shows and what its own scoring needs, in one language. Pure.

It comes in two parts, so that the questions are there soon: the template, and after it the guidance, almost as long.
``app/static/tablet/score`` computes from it what the engine computes; ``tests/rules/test_tablet_twin.py`` proves it.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from app.checklists import sentences
from app.checklists.checklist import Checklist, as_bundle

ONLY_ELSEWHERE = ("status", "languages", "law_as_of", "valid_from", "replaces", "carry")
ONLY_IN_REPORTS = ("number", "source", "sdg", "remediation")
GUIDANCE = ("why", "look_for", "law")
"""What a question unfolds: why it is asked, what to look for, the legal basis."""


@lru_cache(maxsize=16)
def template(checklist: Checklist, language: str) -> str:
    """Compact JSON in the shape of a checklist document, without what other pages show and without the guidance.

    ``guided`` is true at the criteria that have guidance.
    ``finding_order`` lists the finding grades, heaviest first: JavaScript puts keys that look like numbers first.
    ``sentences`` are the words of "what is missing", so that they are written down once.
    """
    whole: dict[str, Any] = json.loads(as_bundle(checklist, language))
    for key in ONLY_ELSEWHERE:
        whole.pop(key, None)
    for criterion in _criteria(whole):
        if _guidance_of(criterion):
            criterion["guided"] = True
        for key in (*ONLY_IN_REPORTS, *GUIDANCE):
            criterion.pop(key, None)
    whole["findings"] = {name: {"title": found.get("title", name)} for name, found in whole["findings"].items()}
    whole["finding_order"] = list(checklist.content.findings)
    for grade in whole["grades"]:
        grade.pop("valid_months", None)
    whole["sentences"] = dict(sentences.words(language))
    return _json(whole)


@lru_cache(maxsize=16)
def guidance(checklist: Checklist, language: str) -> str:
    """Compact JSON: why, what to look for and the legal basis, as far as they are written, by criterion."""
    criteria = _criteria(json.loads(as_bundle(checklist, language)))
    return _json({criterion["id"]: found for criterion in criteria if (found := _guidance_of(criterion))})


def _criteria(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one for area in whole["areas"] for section in area["sections"] for one in section["criteria"])


def _guidance_of(criterion: dict[str, Any]) -> dict[str, Any]:
    return {key: criterion[key] for key in GUIDANCE if criterion.get(key)}


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
