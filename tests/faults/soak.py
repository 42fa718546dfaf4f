"""Visits by chance, on real screens: people tap, write, photograph and disagree while everything goes wrong.

A run is a handful of steps and then calm weather in which everything must arrive. After every step: what the screen
called saved is on the server or in the tablet's outbox. In the end: the outbox is empty, every operation is there
once, nothing was overwritten unseen, nobody had to choose who had seen what stood, every screen shows what stands.
``script/soak`` plays on and on; a seed plays one visit (several runs at one audit) again.
"""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.factories import PASSWORD
from tests.faults.proxy import FaultProxy
from tests.faults.server_log import Log, empty, same
from tests.journeys.conftest import sign_in

HANDS = (Path(__file__).parent / "hands.js").read_text(encoding="utf-8")
CRITERIA = ("EKO-ZAR-01", "EKO-ZAR-02", "EKO-SUR-01", "EKO-SUR-04")
EXCUSABLE = ("EKO-SUR-01", "EKO-SUR-04")
SAVED = {"device", "sent"}
RUNS_OF_A_VISIT = 8
STEPS_OF_A_RUN = (4, 12)
DRAIN_SECONDS = 40
DRAWN_SECONDS = 3


class Wrong(AssertionError):
    """A truth does not hold."""


@dataclass
class Count:
    """What happened, and what went wrong: those must all be 0."""

    runs: int = 0
    steps: int = 0
    acknowledged: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    duplicated: int = 0
    false_conflicts: int = 0
    overwritten: int = 0
    refused: int = 0
    shown_wrong: int = 0
    broken: int = 0
    conflicts: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return self.lost + self.duplicated + self.false_conflicts + self.overwritten + self.refused + self.shown_wrong

    def report(self) -> str:
        faults = "\n".join(f"  {name:<24} {count}" for name, count in sorted(self.faults.items()))
        lines = [
            f"runs                       {self.runs}",
            f"steps                      {self.steps}",
            f"faults injected            {sum(self.faults.values())}",
            faults,
            f"acknowledged operations    {self.acknowledged}",
            f"conflicts shown            {self.conflicts}",
            f"lost                       {self.lost}",
            f"duplicated                 {self.duplicated}",
            f"false conflicts            {self.false_conflicts}",
            f"silently overwritten       {self.overwritten}",
            f"refused                    {self.refused}",
            f"screens that show another  {self.shown_wrong}",
            f"visits broken off          {self.broken}",
            *self.problems,
        ]
        return "\n".join(lines)


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
class Hand:
    """Somebody at a screen. Two tabs of one tablet are two hands with one ``device``."""

    name: str
    context: BrowserContext
    page: Page
    user: str
    device: str
    offline: bool = False
    last_seq: int = 0


class Soak:
    """``step`` does something by chance with one of the hands: see ``soak_steps``."""

    def __init__(self, browser: Browser, proxy: FaultProxy, database: Path, audits: list[str], step: "Step") -> None:
        self.browser, self.proxy, self.audits, self.step = browser, proxy, audits, step
        self.log = Log(database)
        self.count = Count()
        self.chance = random.Random()
        self.contexts: dict[str, BrowserContext] = {}
        self.hands: list[Hand] = []
        self.said: list[Said] = []
        self.audit = ""
        self.numbers = 0

    # the whole

    def play(self, seed: int, seconds: float, say: Callable[[str], None] = print) -> Count:
        """Visits until the time is over or every audit has had one; each has a seed of its own."""
        deadline = time.monotonic() + seconds
        number = 0
        while self.audits and time.monotonic() < deadline:
            self.visit(seed + number, deadline, say)
            number += 1
        return self.count

    def visit(self, seed: int, deadline: float, say: Callable[[str], None]) -> None:
        """Several runs at one audit."""
        self.chance = random.Random(seed)
        problems = len(self.count.problems)
        try:
            self._open(self.audits.pop(0))
            for _run in range(RUNS_OF_A_VISIT):
                for _step in range(self.chance.randint(*STEPS_OF_A_RUN)):
                    self._step()
                self._drain()
                self.count.runs += 1
                if time.monotonic() > deadline:
                    break
        except (Wrong, Error) as problem:
            self.count.problems.append(f"{type(problem).__name__}: {problem}")
            self.count.broken += 1
            self._leave_all()
        for one in self.proxy.seen:
            if one.fault:
                self.count.faults[one.fault.value] += 1
        self.proxy.clear()
        found = self.count.problems[problems:]
        say(f"seed {seed}: {'; '.join(found) or 'fine'} ({self.count.runs} runs so far)")

    def close(self) -> None:
        self._leave_all()
        self.log.close()

    def _leave_all(self) -> None:
        self.proxy.calm()
        for context in self.contexts.values():
            with contextlib.suppress(Error):
                context.close()
        self.contexts.clear()

    # people and screens

    def _open(self, audit: str) -> None:
        """Everybody opens the audit: Iga, and with her Olaf, or she herself on another tablet or in another tab."""
        self.audit, self.said = audit, []
        self.log.begin(audit)
        for hand in self.hands:
            with contextlib.suppress(Error):
                hand.page.close()
        second = self.chance.choice(("olaf", "olaf", "iga on another tablet", "iga in another tab"))
        self.hands = [self._sit_down("iga"), self._sit_down(second)]

    def _sit_down(self, name: str) -> Hand:
        tablet = "iga" if name == "iga in another tab" else name
        if tablet not in self.contexts:
            context = self.browser.new_context(
                base_url=self.proxy.address, viewport={"width": 820, "height": 1180}, locale="pl-PL"
            )
            context.set_default_timeout(30_000)
            context.add_init_script(HANDS)
            self.contexts[tablet] = context
            page = context.new_page()
            sign_in(page, f"{tablet.split()[0]}@base.example.org", PASSWORD)
            page.close()
        context = self.contexts[tablet]
        page = self.open_page(context)
        me = page.evaluate("JSON.parse(localStorage['base-user']).id")
        device = page.evaluate("user => hands.device(user)", me)
        return Hand(name, context, page, me, device)

    def open_page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/app/audits/{self.audit}")
        page.wait_for_selector(f'[data-criterion="{CRITERIA[0]}"]')
        return page

    # steps

    def _step(self) -> None:
        self.step(self, self.chance.choice(self.hands))
        self.count.steps += 1
        self._check_nothing_is_lost()

    def do(self, hand: Hand, deed: str, criterion: str, name: str, *more: Any) -> None:
        """Something that becomes an operation, or nothing when there is nothing to do."""
        told = hand.page.evaluate(f"given => hands.{deed}(given)", [hand.user, self.audit, criterion, *more])
        if told is None:
            return
        said = Said(hand.device, criterion, name, told["value"], told["before"], told["heads"])
        self.said.append(said)
        if told["state"] == "saving":
            raise Wrong(f"still being saved: {said}")
        said.saved = told["state"] in SAVED
        self._claim(hand, said, told["outbox"])
        if said.saved and said.op_id is None:
            self.count.lost += 1
            self.count.problems.append(f"called saved, but nowhere: {said}")
        self.count.acknowledged += said.saved

    def _claim(self, hand: Hand, said: Said, outbox: list[dict[str, Any]]) -> None:
        """Find the operation that these words became: on the tablet, or on the server already."""
        taken = {one.op_id for one in self.said}
        there = [*outbox, *self.log.read_of(said.device)]
        fitting = [op for op in there if op["op_id"] not in taken and said_by(op, said)]
        if fitting:
            newest = max(fitting, key=lambda op: op["seq"])
            said.op_id = newest["op_id"]

    # what must hold

    def _check_nothing_is_lost(self) -> None:
        known = self.log.read()
        missing = {one.op_id: one for one in self.said if one.saved and one.op_id and one.op_id not in known}
        if not missing:
            return
        for hand in self.hands:
            waiting = hand.page.evaluate("([user, audit]) => hands.outbox(user, audit)", [hand.user, self.audit])
            for op in waiting:
                missing.pop(op["op_id"], None)
        known = self.log.read()
        gone = [one for op_id, one in missing.items() if op_id not in known]
        for one in gone:
            one.saved = False
            self.count.lost += 1
            self.count.problems.append(f"lost: {one}")

    def _drain(self) -> None:
        """Calm weather: everything arrives, everybody hears of everything."""
        self.proxy.calm()
        for hand in self.hands:
            hand.offline = False
            hand.context.set_offline(offline=False)
        deadline = time.monotonic() + DRAIN_SECONDS
        for ready in (_nothing_waits, self._knows_all):
            for hand in self.hands:
                while not ready(self._held(hand)):
                    if time.monotonic() > deadline:
                        held, bar = self._held(hand), hand.page.locator("#sync").inner_text()
                        raise Wrong(f"{hand.name} does not come to rest: {held}, {bar!r}")
                    hand.page.evaluate("hands.hurry()")
                    hand.page.wait_for_timeout(30)
        self._check_the_end()

    def _held(self, hand: Hand) -> dict[str, Any]:
        held: dict[str, Any] = hand.page.evaluate("([user, audit]) => hands.held(user, audit)", [hand.user, self.audit])
        return held

    def _knows_all(self, held: dict[str, Any]) -> bool:
        self.log.read()
        return bool(held["cursor"] >= self.log.cursor) and _nothing_waits(held)

    def _check_the_end(self) -> None:
        self._check_nothing_is_lost()
        for hand in self.hands:
            held = self._held(hand)
            self.count.refused += len(held["set_aside"])
            if held["set_aside"] or held["gap"]:
                self.count.problems.append(f"set aside or missing: {held}")
        ops = self._ops_by_the_interface()
        if len(ops) != len(set(ops)) or set(ops) != self.log.read():
            self.count.duplicated += 1
            self.count.problems.append("the interface tells other operations than the database holds")
        found = self.log.judge(self.said)
        self.count.duplicated += len(found.duplicated)
        self.count.false_conflicts += len(found.false_conflicts)
        self.count.overwritten += len(found.overwritten)
        self.count.conflicts += found.conflicts
        self.count.problems += [*found.duplicated, *found.false_conflicts, *found.overwritten]
        self._check_screens()

    def _ops_by_the_interface(self) -> list[str]:
        told = self.hands[0].context.request.get(f"/api/v1/audits/{self.audit}/ops?since=0").json()
        return [op["op_id"] for op in told["ops"]]

    def _check_screens(self) -> None:
        """Everybody sees what stands, and every open question; a screen is drawn a moment after its store."""
        bundle = self.hands[0].context.request.get(f"/api/v1/audits/{self.audit}/bundle").json()
        for hand in self.hands:
            deadline = time.monotonic() + DRAWN_SECONDS
            while (wrong := self._wrong_on(hand, bundle)) and time.monotonic() < deadline:
                hand.page.wait_for_timeout(50)
            self.count.shown_wrong += len(wrong)
            self.count.problems += wrong

    def _wrong_on(self, hand: Hand, bundle: dict[str, Any]) -> list[str]:
        stands = {(one["criterion"], one["field"]): one["value"] for one in bundle["answers"]}
        asked = {one["criterion"] for one in bundle["conflicts"]}
        wrong = []
        for criterion in CRITERIA:
            shows = hand.page.evaluate("id => hands.shown(id)", criterion)
            wrong += [
                f"{hand.name} sees at {criterion}: {name} {shows[name]!r}, {stands.get((criterion, name))!r} stands"
                for name in ("score", "na", "comment")
                if not same(shows[name], stands.get((criterion, name)))
            ]
            if (shows["state"] == "conflict") != (criterion in asked):
                wrong.append(f"{hand.name} sees at {criterion}: state {shows['state']}, open questions: {asked}")
        return wrong


def said_by(op: dict[str, Any], said: Said) -> bool:
    """Can these words have become this operation?"""
    if said.field == "photo":
        return bool(op["kind"] == "photo.add" and op["photo"]["criterion"] == said.criterion)
    if op.get("criterion") != said.criterion:
        return False
    if said.field == "choice":
        return bool(op["kind"] == "answer.resolve")
    value = op.get("chosen") if op["kind"] == "answer.resolve" else op.get("value")
    return op.get("field") == said.field and (same(value, said.value) or (empty(value) and empty(said.value)))


def _nothing_waits(held: dict[str, Any]) -> bool:
    return held["outbox"] == len(held["set_aside"]) and "waiting" not in held["photos"]


Step = Callable[[Soak, Hand], None]
