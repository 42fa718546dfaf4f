"""Scoring and loading: absolute times on this machine, and how they grow with the number of criteria."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from app.checklists import library
from app.checklists.checklist import Checklist, built
from app.checklists.rulebook import rulebook
from app.checklists.scoring import score
from benchmarks.table import Row

PROFILE = {"products": ["food", "craft"], "legal_form": ["ngo_s"]}
COLD = """
import sys, time
from app.checklists import library
begin = time.process_time()
library.load("checklists/base/2026.1")
print(time.process_time() - begin)
"""


def measure() -> Iterator[Row]:
    base = library.current("base")
    small = _milliseconds(lambda: score(base, PROFILE, _answers(base)))
    yield Row("score 75 answers", small, 1, "ms")
    cold = [_cold_load() for _ in range(3)]
    yield Row("load and validate BASE in a new process", min(cold), 250, "ms", "CPU, best of 3")
    large = _times(base, 100)
    rulebook(large)
    grown = _milliseconds(lambda: score(large, PROFILE, _answers(large)), rounds=50, calls=1)
    count = len(large.criteria)
    yield Row(
        f"score {count} answers, per answer", grown / small / (count / len(base.criteria)), 1.5, "×", f"{grown:.1f} ms"
    )


def _answers(checklist: Checklist) -> dict[str, dict[str, str]]:
    return {
        criterion.id: {"value": checklist.scale_of(criterion).levels[-1].value}
        for criterion in checklist.criteria.values()
    }


def _milliseconds(work: Callable[[], object], rounds: int = 200, calls: int = 5) -> float:
    """The best of many short rounds, per call: what it takes when nothing else has the processor."""
    best = float("inf")
    for _round in range(rounds):
        begin = time.perf_counter()
        for _call in range(calls):
            work()
        best = min(best, (time.perf_counter() - begin) / calls)
    return best * 1000


def _cold_load() -> float:
    done = subprocess.run([sys.executable, "-c", COLD], check=True, capture_output=True, text=True)
    return float(done.stdout) * 1000


def _times(base: Checklist, factor: int) -> Checklist:
    """The same checklist with every criterion ``factor`` times, under new ids."""
    areas = []
    for area in base.content.areas:
        sections = [
            section.model_copy(
                update={
                    "criteria": tuple(
                        criterion.model_copy(update={"id": f"{criterion.id}-{copy}"})
                        for criterion in section.criteria
                        for copy in range(factor)
                    )
                }
            )
            for section in area.sections
        ]
        areas.append(area.model_copy(update={"sections": tuple(sections)}))
    return built(base.content.model_copy(update={"areas": tuple(areas)}), {})
