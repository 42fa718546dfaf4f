"""The checklist as the tablet holds it: what its screen shows and what its own scoring needs, in one language. Pure.

``app/static/tablet/score`` computes from it what the engine computes; ``tests/rules/test_tablet_twin.py`` proves it.
"""

import json
from functools import lru_cache
from typing import Any

from app.checklists import sentences
from app.checklists.checklist import Checklist, as_bundle

ONLY_ELSEWHERE = ("status", "languages", "law_as_of", "valid_from", "replaces", "carry")
ONLY_IN_REPORTS = ("number", "source", "sdg", "remediation")


@lru_cache(maxsize=16)
def template(checklist: Checklist, language: str) -> str:
    """Compact JSON in the shape of a checklist document, without what other pages show.

    ``finding_order`` lists the finding grades, heaviest first: JavaScript puts keys that look like numbers first.
    ``sentences`` are the words of "what is missing", so that they are written down once.
    """
    whole: dict[str, Any] = json.loads(as_bundle(checklist, language))
    for key in ONLY_ELSEWHERE:
        whole.pop(key, None)
    for area in whole["areas"]:
        for section in area["sections"]:
            for criterion in section["criteria"]:
                for key in ONLY_IN_REPORTS:
                    criterion.pop(key, None)
    whole["findings"] = {name: {"title": found.get("title", name)} for name, found in whole["findings"].items()}
    whole["finding_order"] = list(checklist.content.findings)
    for grade in whole["grades"]:
        grade.pop("valid_months", None)
    whole["sentences"] = dict(sentences.words(language))
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
