"""How an operation meets the answer that stands."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from app.audits.merge import Change, Head, Receipt, Status, Verdict, judge, same


@dataclass
class Field:
    """One answer field on a server, and every operation it received."""

    head: Head | None = None
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def take(self, op_id: str, value: object, base_op: str | None = None, device: str = "hers") -> Verdict:
        change = Change(op_id, device, value, base_op, cursor=len(self.receipts))
        verdict = judge(change, self.head, None, self.receipts.get)
        if verdict.status is Status.APPLIED:
            self.head = verdict.head
        head_op = verdict.head.op_id if verdict.head else None
        self.receipts[op_id] = Receipt(op_id, device, len(self.receipts) + 1, verdict.status, head_op, base_op, value)
        return verdict


def test_the_first_answer_stands() -> None:
    answers = Field()
    assert answers.take("a", 3).status is Status.APPLIED
    assert answers.head == Head("a", 3)


def test_an_answer_given_in_knowledge_of_the_head_becomes_the_head() -> None:
    answers = Field()
    answers.take("a", 3)
    answers.take("b", 1, base_op="a", device="his")
    assert answers.head == Head("b", 1)


def test_an_answer_that_did_not_know_the_head_is_a_conflict_and_the_head_stays() -> None:
    answers = Field()
    answers.take("a", 3)
    verdict = answers.take("b", 1, device="his")
    assert (verdict.status, verdict.theirs) == (Status.CONFLICT, Head("a", 3))
    assert answers.head == Head("a", 3)


def test_two_who_agree_are_no_conflict_and_go_on_from_the_same_head() -> None:
    answers = Field()
    answers.take("a", 3)
    assert answers.take("b", "3", device="his").status is Status.APPLIED
    assert answers.head == Head("a", 3)
    assert answers.take("c", 4, base_op="b", device="his").status is Status.APPLIED
    assert answers.take("d", 2, base_op="a").status is Status.CONFLICT


def test_an_operation_based_on_a_refused_one_counts_as_based_on_what_that_one_knew() -> None:
    answers = Field()
    answers.take("a", 3)
    answers.receipts["b"] = Receipt("b", "hers", 2, Status.REJECTED, None, "a")
    assert answers.take("c", 4, base_op="b").status is Status.APPLIED


def test_an_operation_based_on_a_lost_conflict_is_still_a_conflict() -> None:
    answers = Field()
    answers.take("a", 3)
    answers.take("b", 1, device="his")
    assert answers.take("c", 2, base_op="b", device="his").status is Status.CONFLICT


def test_an_unknown_base_overwrites_nothing() -> None:
    answers = Field()
    assert answers.take("b", 2, base_op="lost").status is Status.APPLIED
    assert answers.take("c", 3, base_op="lost too").status is Status.CONFLICT


def test_a_level_replaces_not_applicable_only_when_it_was_known() -> None:
    rival = Head("n", "nie wyrabiają")
    receipt = Receipt("n", "hers", 7, Status.APPLIED, "n", None)
    unseen = judge(Change("a", "his", 3, None, cursor=6), None, rival, {"n": receipt}.get)
    assert (unseen.status, unseen.theirs) == (Status.CONFLICT, rival)
    seen = judge(Change("a", "his", 3, None, cursor=7), None, rival, {"n": receipt}.get)
    assert (seen.status, seen.clears_rival) == (Status.APPLIED, True)
    own = judge(Change("a", "hers", 3, None, cursor=0), None, rival, {"n": receipt}.get)
    assert own.clears_rival


def test_levels_are_the_same_however_they_are_written() -> None:
    assert same(3, "3")
    assert same(3.0, 3)
    assert same(None, "")
    assert same(["food", "craft"], ["craft", "food"])
    assert not same(3, 4)
    assert not same(None, 0)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_one_device_alone_never_meets_a_conflict(values: list[int]) -> None:
    answers = Field()
    base = None
    for number, value in enumerate(values):
        assert answers.take(str(number), value, base_op=base).status is Status.APPLIED
        base = str(number)
    assert answers.head is not None
    assert answers.head.value == values[-1]


@given(st.lists(st.tuples(st.sampled_from(["hers", "his"]), st.integers(0, 4), st.booleans()), max_size=30))
def test_nothing_is_overwritten_unseen(moves: list[tuple[str, int, bool]]) -> None:
    """Each device answers with or without having looked; a head falls only to someone who knew it."""
    answers = Field()
    known: dict[str, str | None] = {"hers": None, "his": None}
    for number, (device, value, looks) in enumerate(moves):
        if looks and answers.head:
            known[device] = answers.head.op_id
        before = answers.head
        verdict = answers.take(str(number), value, base_op=known[device], device=device)
        if before and verdict.status is Status.CONFLICT:
            assert answers.head == before
            assert not same(value, before.value)
        if verdict.status is Status.APPLIED:
            known[device] = str(number)
