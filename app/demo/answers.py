"""The answers of the demo's audits: made from the checklist, the same every time. Pure."""

import hashlib
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from app.checklists.checklist import Checklist
from app.checklists.rulebook import rulebook
from app.checklists.schema import Criterion
from app.checklists.scoring import applicable, score

# What the auditor notes when the criterion is met, and when it is not.
SPOKEN = {
    "document": ("Okazano: {}.", "Nie okazano: {}."),
    "register": ("Sprawdzono w rejestrze: {}.", "Brak wpisu w rejestrze: {}."),
    "interview": ("Rozmowa: {}.", "Rozmowa nie potwierdziła wymagania: {}."),
    "measurement": ("Przeliczono na miejscu: {}.", "Przeliczono na miejscu, nie wystarcza: {}."),
    "observation": ("Obejrzano: {}.", "Obejrzano, niezgodne z wymaganiem: {}."),
    "photo": ("Sfotografowano: {}.", "Sfotografowano, niezgodne z wymaganiem: {}."),
}


def demo_answers(
    checklist: Checklist,
    profile: Mapping[str, object],
    *,
    percent: int,
    fixed: Mapping[str, object],
    high: Collection[str] = (),
    seed: str,
) -> dict[str, dict[str, Any]]:
    """Answers to every applicable criterion whose total comes close to ``percent``.

    ``fixed`` criteria keep their level, ``high`` ones get the best. The others begin one level below the best and
    move by one until the total is reached, in an order that ``seed`` decides; none falls below what meets it.
    """
    asked = [checklist.criteria[name] for name in applicable(checklist, profile, {})]
    answers = {criterion.id: _answer(checklist, criterion, _start(checklist, criterion)) for criterion in asked}
    for name in high:
        if name in answers:
            answers[name] = _answer(checklist, checklist.criteria[name], _levels(checklist, name)[-1])
    for name, value in fixed.items():
        if name in answers:
            answers[name] = _answer(checklist, checklist.criteria[name], str(value))
    free = [criterion.id for criterion in asked if criterion.id not in fixed and criterion.id not in high]
    for name in sorted(free, key=lambda name: hashlib.sha256(f"{seed}{name}".encode()).digest()):
        total = score(checklist, profile, answers).total.percent or Fraction(0)
        if abs(total - percent) < Fraction(1, 2):
            break
        value = _moved(checklist, name, up=total < percent)
        answers[name] = _answer(checklist, checklist.criteria[name], value)
    return answers


def _levels(checklist: Checklist, name: str) -> list[str]:
    return [level.value for level in checklist.scale_of(checklist.criteria[name]).levels]


def _start(checklist: Checklist, criterion: Criterion) -> str:
    levels = _levels(checklist, criterion.id)
    return levels[-2] if len(levels) > 2 else levels[-1]


def _moved(checklist: Checklist, name: str, *, up: bool) -> str:
    levels = _levels(checklist, name)
    if len(levels) <= 2 or up:
        return levels[-1]
    return next(level for level in reversed(levels[:-2]) if _is_met(checklist, name, level))


def _is_met(checklist: Checklist, name: str, level: str) -> bool:
    book = rulebook(checklist)
    return book.rules[book.position[name]].replies[level].met


def _answer(checklist: Checklist, criterion: Criterion, value: str) -> dict[str, Any]:
    note = ""
    if criterion.look_for:
        seen = criterion.look_for[0]
        shown, missing = SPOKEN[seen.kind]
        sentence = shown if _is_met(checklist, criterion.id, value) else missing
        note = sentence.format(seen.text.rstrip(".")[0].lower() + seen.text.rstrip(".")[1:])
    wanted = criterion.evidence
    needed = wanted is not None and (wanted.required_at is None or value in wanted.required_at)
    return {"value": value, "note": note} if needed else {"value": value}
