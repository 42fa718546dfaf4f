"""The server's operations at one audit, read from its database, and judged by what people had seen."""

import json
import re
import sqlite3
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Key = tuple[str, str]
FACTS = ":fact"  # the criterion under which facts stand
_NEW = """
    SELECT op_id, device_id, cursor, payload, result FROM operation WHERE audit_id = ? AND cursor > ? ORDER BY cursor
"""
_ANSWERS = "SELECT criterion, field, value FROM answer WHERE audit_id = ?"
_QUESTIONS = "SELECT criterion, field, op_id FROM answer_conflict WHERE audit_id = ? AND resolved_by_op IS NULL"
_PHOTOS = "SELECT criterion, id, stored_at FROM photo WHERE audit_id = ? AND removed_at IS NULL"
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass
class Said:
    """One word of somebody: what they saw before, and the operation that it became, once that is known."""

    device: str
    criterion: str
    field: str
    value: Any
    before: dict[str, Any]
    heads: dict[str, str]
    op_id: str | None = None
    saved: bool = False


@dataclass
class Standing:
    value: Any
    op_id: str
    device: str


@dataclass
class Findings:
    conflicts: int = 0
    duplicated: list[str] = field(default_factory=list)
    false_conflicts: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)


@dataclass
class Stands:
    """What the server holds: answers, open questions by field with their operations, photos, facts."""

    answers: dict[Key, Any]
    questions: dict[Key, set[str]]
    photos: dict[str, list[str]]
    without_bytes: list[str]
    facts: dict[str, Any]


class Log:
    """Reads what is committed, while the server goes on."""

    def __init__(self, database: Path) -> None:
        self._database = sqlite3.connect(database, isolation_level=None)
        self.begin(str(uuid.uuid4()))

    def begin(self, audit: str) -> None:
        self._audit = uuid.UUID(audit).hex
        self.cursor = 0
        self.ops: list[dict[str, Any]] = []
        self._ids: set[str] = set()
        self._judged = (0, 0, 0, 0)

    def close(self) -> None:
        self._database.close()

    def read(self) -> set[str]:
        """The ids of every operation that the server holds."""
        for op_id, device, cursor, payload, result in self._database.execute(_NEW, (self._audit, self.cursor)):
            op = {**json.loads(payload), "op_id": str(uuid.UUID(op_id)), "device": device}
            self.ops.append({**op, "cursor": cursor, "result": json.loads(result)})
            self._ids.add(op["op_id"])
            self.cursor = cursor
        return self._ids

    def read_of(self, device: str) -> list[dict[str, Any]]:
        self.read()
        return [op for op in self.ops if op["device"] == device]

    def stands(self) -> Stands:
        """What the server makes of all that it holds."""
        told = self._database.execute
        questions: dict[Key, set[str]] = {}
        for criterion, name, op_id in told(_QUESTIONS, (self._audit,)):
            key = (FACTS, criterion) if name == "fact" else (criterion, name)
            questions.setdefault(key, set()).add(str(uuid.UUID(op_id)))
        photos: dict[str, list[str]] = {}
        without_bytes = []
        for criterion, photo, stored in told(_PHOTOS, (self._audit,)):
            photos.setdefault(criterion, []).append(str(uuid.UUID(photo)))
            without_bytes += [] if stored else [photo]
        (profile,) = told("SELECT profile FROM audit WHERE id = ?", (self._audit,)).fetchone()
        return Stands(
            {(criterion, name): _value(kept) for criterion, name, kept in told(_ANSWERS, (self._audit,))},
            questions,
            photos,
            without_bytes,
            json.loads(profile),
        )

    def judge(self, said: Sequence[Said]) -> Findings:
        """Everything from the beginning; what was found in an earlier call is not found again."""
        found = Findings()
        standing: dict[Key, Standing] = {}
        words = {one.op_id: one for one in said if one.op_id}
        for op in self.ops:
            if not op["kind"].startswith("photo"):
                _judge_answer(op, words.get(op["op_id"]), standing, found)
        found.duplicated = _more_than_said(self.ops, said)
        before = self._judged
        self._judged = len(found.duplicated), len(found.false_conflicts), len(found.overwritten), found.conflicts
        return Findings(
            found.conflicts - before[3],
            found.duplicated[before[0] :],
            found.false_conflicts[before[1] :],
            found.overwritten[before[2] :],
        )


def _judge_answer(op: dict[str, Any], word: Said | None, standing: dict[Key, Standing], found: Findings) -> None:
    key, result = _key(op), op["result"]
    if result["status"] == "conflict":
        found.conflicts += 1
        against = (key[0], result.get("theirs", {}).get("field", key[1]))
        other = standing.get(against)
        knew = other and word and word.heads.get(against[1]) == other.op_id
        seen = knew and word and same(word.before.get(against[1]), other and other.value)
        if other is None or other.device == op["device"] or seen:
            found.false_conflicts.append(f"false conflict: {op}, {other} stood, seen: {word}")
        return
    if result["status"] != "applied" or result["head_op"] != op["op_id"]:
        return
    value = result["value"] if "value" in result else op.get("value")
    for at, new in ((key, value), *([((key[0], result["clears"]), None)] if "clears" in result else [])):
        other = standing.get(at)
        unseen = other and other.device != op["device"] and not same(other.value, new)
        if unseen and word and not _had_seen(word, at[1], other):
            found.overwritten.append(f"overwritten unseen: {other} by {op}, seen: {word.before}")
        standing[at] = Standing(new, op["op_id"], op["device"])


def _key(op: dict[str, Any]) -> Key:
    return (FACTS, op["fact"]) if op["kind"] == "profile.set" else (op["criterion"], op["field"])


def _had_seen(word: Said, name: str, other: Standing | None) -> bool:
    """Was this value on the screen, in its field or among those to choose from?"""
    assert other is not None
    before = word.before
    if same(before.get(name), other.value):
        return True
    if isinstance(other.value, (list, dict)) or _MINUTE.match(str(other.value)):  # the screen says these in words
        return bool(before["asked"])
    return any(str(other.value) in text for text in before["asked"]) or (empty(other.value) and bool(before["asked"]))


def _more_than_said(ops: Sequence[dict[str, Any]], said: Sequence[Said]) -> list[str]:
    """What is there more often than somebody said it."""
    there = Counter(_place(op["device"], op) for op in ops)
    words = Counter(
        (one.device, one.criterion, "answer.resolve" if one.field == "choice" else one.field) for one in said
    )
    for (device, criterion, name), number in list(words.items()):
        if name != "answer.resolve":  # where two answers wait, any word is a choice
            words[device, criterion, "answer.resolve"] += number
    return [f"there {number} times: {place}" for place, number in there.items() if number > words[place]]


def _place(device: str, op: dict[str, Any]) -> tuple[str, str, str]:
    if op["kind"].startswith("photo."):
        return device, op["photo"].get("criterion") or op["criterion"], op["kind"]
    criterion, name = _key(op)
    return device, criterion, op["kind"] if op["kind"] == "answer.resolve" else name


def _value(kept: object) -> Any:
    """A kept JSON value; SQLite gives a number back as one."""
    return json.loads(kept) if isinstance(kept, str) else kept


def empty(value: object) -> bool:
    return value is None or value in ("", [])


def same(one: object, other: object) -> bool:
    """Do two values mean the same? The screen's are texts, its clock shows minutes."""
    return _plain(one) == _plain(other)


def _plain(value: object) -> str:
    if empty(value):
        return ""
    if isinstance(value, list):
        return json.dumps(sorted(map(_plain, value)))
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    minute = _MINUTE.match(str(value))
    return minute[0] if minute else str(value)
