"""How an operation meets the answer that stands. Pure.

Every answer field is a chain of operations; its head is the value that stands. An operation names the head that its
author had seen. When that is still the head, the operation becomes the new head; when another value came in between,
both are kept and a person chooses. Clocks decide nothing.

A level (``score``) and ``na`` exclude each other: the newer one that was given in knowledge of the other replaces it.
"""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

RIVALS = {"score": "na", "na": "score"}
LONGEST_CHAIN = 1000


class Status(StrEnum):
    """What became of an operation."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Head(NamedTuple):
    """The value that stands, and the operation that gave it."""

    op_id: str
    value: object


class Receipt(NamedTuple):
    """An earlier operation: who sent it when, what became of it; ``key``: criterion and field."""

    op_id: str
    device_id: str
    cursor: int
    status: Status
    head_op: str | None
    base_op: str | None
    value: object = None
    by: str = ""
    at: str = ""
    key: tuple[str, str] = ("", "")


Lookup = Callable[[str], Receipt | None]


class Change(NamedTuple):
    """A value for one field, as it came, and what its author knew.

    ``rival_op``: the head that they saw of the field that excludes this one, empty for none; None when they do not say.
    """

    op_id: str
    device_id: str
    value: object
    base_op: str | None
    cursor: int
    rival_op: str | None = None


class Verdict(NamedTuple):
    """What to do: ``head`` stands from now on; ``theirs`` is the other value of a conflict."""

    status: Status
    head: Head | None
    clears_rival: bool = False
    theirs: Head | None = None


def judge(change: Change, head: Head | None, rival: Head | None, lookup: Lookup) -> Verdict:
    """What becomes of ``change`` where ``head`` stands and ``rival`` is the head of the field that excludes it."""
    if head is not None and head.op_id != change.base_op and not _saw(change.base_op, head, lookup):
        if same(change.value, head.value):
            return Verdict(Status.APPLIED, head)
        return Verdict(Status.CONFLICT, head, theirs=head)
    if rival is None or empty(rival.value) or empty(change.value):
        return Verdict(Status.APPLIED, Head(change.op_id, change.value))
    if _knew(change, rival, lookup):
        return Verdict(Status.APPLIED, Head(change.op_id, change.value), clears_rival=True)
    return Verdict(Status.CONFLICT, head, theirs=rival)


def same(one: object, other: object) -> bool:
    """Do two values mean the same? ``3``, ``3.0`` and ``"3"`` are one level; nothing and "" are both empty."""
    if empty(one) or empty(other):
        return empty(one) and empty(other)
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(_plain, one)) == sorted(map(_plain, other))
    return _plain(one) == _plain(other)


def empty(value: object) -> bool:
    """Does the value mean that there is no answer?"""
    return value is None or value in ("", [])


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _saw(base: str | None, head: Head, lookup: Lookup) -> bool:
    """Had the author seen ``head``, by way of operations that were themselves merged or refused?"""
    for _link in range(LONGEST_CHAIN):
        receipt = lookup(base) if base else None
        if receipt is None:
            return base == head.op_id
        if receipt.status is Status.APPLIED:
            return receipt.head_op == head.op_id
        if receipt.status is Status.CONFLICT:
            return False
        base = receipt.base_op
    return False


def _knew(change: Change, rival: Head, lookup: Lookup) -> bool:
    """Had the author seen the other field? Those who do not say: their own device gave it, or it had reached it."""
    if change.rival_op is not None:
        return rival.op_id == change.rival_op or _saw(change.rival_op or None, rival, lookup)
    receipt = lookup(rival.op_id)
    return receipt is None or receipt.device_id == change.device_id or receipt.cursor <= change.cursor
