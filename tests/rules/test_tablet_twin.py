"""The tablet scores by itself (``app/static/tablet/score``): proved equal to the engine, object by object.

Thousands of made-up checklists and answers, every example scheme and BASE go through both. The seed is printed and
is new in every run; ``TWIN_SEED=… pytest tests/rules/test_tablet_twin.py`` repeats one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from app.audits import live
from app.audits.evidence import without_evidence
from app.audits.template import template
from app.checklists import exact, library, sentences
from app.checklists.answers import Answer, AnswersError
from app.checklists.checklist import Checklist, text
from app.checklists.grading import raisable_grades, reply_to
from app.checklists.rulebook import NOTHING, rulebook
from app.checklists.scoring import Result, explain_missing, finding_of, reconciled, score
from tests.rules.checklist_text import CHECKLISTS
from tests.rules.tablet_cases import any_checklist, any_facts, any_values

HERE = Path(__file__).parent
SCORE = HERE.parents[1] / "app" / "static" / "tablet" / "score"
SEED = int(os.environ.get("TWIN_SEED", "0")) or time.time_ns() % 10**9
MADE_UP, CASES_EACH = 440, 5
ALWAYS_THE_SAME = 2, 110  # a seed, and so many checklists, that bring up every sentence, also the rare ones
CASES_EACH_SCHEME, CASES_OF_BASE = 40, 200
TODAY = date(2026, 11, 22)
LANGUAGES = ("pl", "en")
PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass
class Case:
    """One audit as it stands."""

    name: str
    checklist: Checklist
    language: str
    facts: dict[str, Any]
    values: dict[tuple[str, str], Any]
    photos: dict[str, int]


def node() -> str:
    """Node.js, which script/setup installs; without it nothing is proved, so the test fails."""
    found = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found, "Node.js is missing: please run script/setup --dev"
    return found


def computed_by_the_tablet(cases: list[Case]) -> list[dict[str, Any]]:
    places: dict[tuple[int, str], int] = {}
    templates: list[str] = []
    said = []
    for case in cases:
        key = (id(case.checklist), case.language)
        if key not in places:
            places[key] = len(templates)
            templates.append(template(case.checklist, case.language))
        values = {f"{criterion}/{field}": value for (criterion, field), value in case.values.items()}
        said.append({"template": places[key], "facts": case.facts, "values": values, "photos": case.photos})
    sent = f'{{"templates":[{",".join(templates)}],"cases":{json.dumps(said)}}}'
    done = subprocess.run(
        [node(), str(HERE / "tablet_twin.mjs"), str(SCORE)], input=sent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def computed_by_the_engine(case: Case) -> dict[str, Any]:
    checklist = case.checklist
    answers = live.answers_from(case.values)
    fitting = {name: answer for name, answer in answers.items() if fits(checklist, name, answer)}
    result = score(checklist, case.facts, reconciled(checklist, fitting))
    asked = {*result.unanswered, *fitting} - {*result.unused}
    counted = {name: answer for name, answer in answers.items() if name in asked}
    return {
        "result": shown(result, asked, case.language),
        "unfitting_grades": live.unfitting_grades(checklist, answers),
        "without_evidence": list(without_evidence(checklist, counted, case.photos, on=TODAY)),
        "grades_of": {name: grades_of(checklist, name, answers.get(name, {}).get("value")) for name in asked},
    }


def fits(checklist: Checklist, criterion: str, answer: Answer) -> bool:
    """What does not fit (the server refuses it) counts on the tablet as no answer."""
    try:
        finding_of(checklist, criterion, {key: value for key, value in answer.items() if key != "finding"})
    except AnswersError:
        return False
    return True


def shown(result: Result, asked: set[str], language: str) -> dict[str, Any]:
    """The engine's result as the screen has it: percents as decimal strings, sentences in ``language``."""
    checklist = result.checklist
    missing = explain_missing(result, language)
    titles = {grade.id: grade.title for grade in text(checklist, language).grades}
    return {
        "complete": result.complete,
        "answered": result.answered,
        "applicable": result.applicable,
        "percent": percent(result.total.percent),
        "areas": [
            {"id": area.id, "percent": percent(area.percent), "answered": area.answered, "applicable": area.applicable}
            for area in result.areas
        ],
        "grade": result.grade,
        "grade_title": titles.get(result.grade or "", ""),
        "certifies": result.certifies,
        "missing": {"title": missing.title, "sentences": list(missing.sentences)} if missing else None,
        "knockouts": list(result.knockouts),
        "finding_of": dict(result.finding_of),
        "not_asked": [name for name in checklist.criteria if name not in asked],
    }


def percent(value: Fraction | None) -> str | None:
    return None if value is None else exact.two_decimals(value)


def grades_of(checklist: Checklist, criterion: str, value: object) -> dict[str, Any]:
    """The grade that the answer gives, and the heavier ones that the screen offers where it is not met."""
    reply = None if value is None else reply_to(checklist, criterion, value)
    if reply is None or reply.finding == NOTHING:
        return {"automatic": "", "heavier": []}
    automatic = rulebook(checklist).findings[reply.finding]
    heavier = [grade for grade in reversed(raisable_grades(checklist, criterion, automatic)) if grade != automatic]
    return {"automatic": automatic, "heavier": [] if reply.met else heavier}


def made_up(random: Random, checklists: int) -> Iterator[Case]:
    for number in range(checklists):
        checklist = any_checklist(random)
        for at in range(CASES_EACH):
            yield case_of(random, f"made up {number}.{at}", checklist)


def of_the_schemes(random: Random) -> Iterator[Case]:
    for path in sorted(CHECKLISTS.glob("*.yaml")):
        checklist = library.load(path)
        for at in range(CASES_EACH_SCHEME):
            yield case_of(random, f"{path.stem} {at}", checklist)


def of_base(random: Random) -> Iterator[Case]:
    checklist = library.published("base", "2026.1")
    for at in range(CASES_OF_BASE):
        yield case_of(random, f"BASE {at}", checklist)


def case_of(random: Random, name: str, checklist: Checklist) -> Case:
    values = any_values(random, checklist)
    photos = {criterion: random.randint(0, 3) for criterion in checklist.criteria if random.random() < 0.3}
    return Case(name, checklist, random.choice(LANGUAGES), any_facts(random, checklist), values, photos)


def test_the_tablet_scores_exactly_as_the_engine() -> None:
    random = Random(SEED)
    seed, checklists = ALWAYS_THE_SAME
    cases = [*made_up(Random(seed), checklists), *made_up(random, MADE_UP), *of_the_schemes(random), *of_base(random)]
    print(f"{len(cases)} cases, TWIN_SEED={SEED}")
    assert len(cases) >= 3_000
    seen: Counter[str] = Counter()
    told: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for case, said in zip(cases, computed_by_the_tablet(cases), strict=True):
        expected = computed_by_the_engine(case)
        assert said == expected, f"TWIN_SEED={SEED}, {case.name}, {case.language}"
        seen.update(what_it_shows(expected))
        told[case.language] += (expected["result"]["missing"] or {}).get("sentences", [])
    print(dict(seen))
    assert len(seen) == 10
    assert min(seen.values()) >= 20
    for language, said_there in told.items():
        everything = "\n".join(said_there)
        for name, shape in sentences.words(language).items():
            assert all(part in everything for part in PLACEHOLDER.split(shape)), f"no sentence has {language} {name}"


def what_it_shows(expected: dict[str, Any]) -> Iterator[str]:
    """What a case brings up, so that the proof can be seen to cover it."""
    result = expected["result"]
    flags = {
        "grade": result["grade"],
        "certificate": result["certifies"],
        "no percent": result["percent"] is None,
        "negative": (result["percent"] or "").startswith("-"),
        "nothing missing": result["missing"] is None,
        "knock-out": result["knockouts"],
        "not asked": result["not_asked"],
        "unfitting grade": expected["unfitting_grades"],
        "without evidence": expected["without_evidence"],
        "may be raised": any(grades["heavier"] for grades in expected["grades_of"].values()),
    }
    yield from (name for name, shown in flags.items() if shown)
