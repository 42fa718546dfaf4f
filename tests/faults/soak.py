"""Visits by chance, on real screens: people tap, write, photograph and disagree while everything goes wrong.

A run is a handful of steps and then calm weather in which everything must arrive. After every step: what the screen
called saved is on the server or in the tablet's outbox. In the end: the outbox is empty, every operation is there
once, nothing was overwritten unseen, nobody had to choose who had seen what stood, every screen shows what stands.
``script/soak`` plays on and on; a seed plays one visit (several runs at one audit) again.
"""

import contextlib
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.factories import PASSWORD
from tests.faults.proxy import FaultProxy
from tests.faults.server_log import FACTS, Log, Said, Stands, same
from tests.faults.soak_words import Count, said_by
from tests.journeys.conftest import come_in

HANDS = (Path(__file__).parent / "hands.js").read_text(encoding="utf-8")
CRITERIA = ("EKO-ZAR-01", "EKO-ZAR-02", "EKO-SUR-01", "EKO-SUR-04")
EXCUSABLE = ("EKO-SUR-01", "EKO-SUR-04")
MEETINGS = ("meeting:opening", "meeting:closing")
SAVED = {"device", "sent"}
RUNS_OF_A_VISIT = 30
STEPS_OF_A_RUN = (3, 8)
DRAIN_SECONDS = 40
DRAWN_SECONDS = 3


class Wrong(AssertionError):
    """A truth does not hold."""


@dataclass
class Hand:
    """Somebody at a screen. Two tabs of one tablet are two hands with one ``device``."""

    name: str
    context: BrowserContext
    page: Page
    user: str
    device: str
    offline: bool = False


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

    def play(self, seed: int, seconds: float, say: Callable[[str], None] = print, *, enough: float = math.inf) -> Count:
        """Visits, each with its own seed, until time or audits are used up or there were ``enough`` runs."""
        started = time.monotonic()
        number = 0
        while self.audits and time.monotonic() < started + seconds and self.count.runs < enough:
            self.visit(seed + number, started + seconds, say)
            number += 1
        return self.count

    def visit(self, seed: int, deadline: float, say: Callable[[str], None]) -> None:
        """Several runs at one audit."""
        self.chance = random.Random(seed)
        problems, started = len(self.count.problems), time.monotonic()
        try:
            self._open(self.audits.pop(0))
            for _run in range(RUNS_OF_A_VISIT):
                for _step in range(self.chance.randint(*STEPS_OF_A_RUN)):
                    self._step()
                self._drain()
                self.count.runs += 1
                if time.monotonic() > deadline:
                    break
            self._check_the_interface()
        except (Wrong, Error) as problem:
            self.count.problems.append(f"{type(problem).__name__}: {problem}")
            self.count.broken += 1
            self._leave_all()
        for one in self.proxy.seen:
            if one.fault:
                self.count.faults[one.fault.value] += 1
        self.proxy.clear()
        self.count.seconds += time.monotonic() - started
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
                base_url=self.proxy.address,
                viewport={"width": 360, "height": 240},
                locale="pl-PL",
                reduced_motion="reduce",
            )
            context.set_default_timeout(30_000)
            context.add_init_script(HANDS)
            self.contexts[tablet] = context
            page = context.new_page()
            come_in(page, f"{tablet.split()[0]}@base.example.org", PASSWORD)
            page.close()
        context = self.contexts[tablet]
        page = self.open_page(context)
        me = page.evaluate("JSON.parse(localStorage['base-user']).id")
        device = page.evaluate("user => hands.device(user)", me)
        return Hand(name, context, page, me, device)

    def other(self, hand: Hand) -> Hand:
        """The hand beside this one."""
        return next(one for one in self.hands if one is not hand)

    def open_page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/app/audits/{self.audit}")
        page.wait_for_selector(f'[data-criterion="{CRITERIA[0]}"]', state="attached")
        return page

    # steps

    def _step(self) -> None:
        self.step(self, self.chance.choice(self.hands))
        self.count.steps += 1
        self._check_nothing_is_lost()

    def do(self, hand: Hand, deed: str, criterion: str, *more: Any) -> None:
        """Something that becomes operations, one for each field that it says, or nothing to do."""
        given = [[hand.user, self.audit, criterion], *more]
        told = hand.page.evaluate(f"given => hands.{deed}(...given)", given)
        if told is None:
            return
        for name, value in told["said"].items():
            said = Said(hand.device, criterion, name, value, told["before"], told["heads"])
            self.said.append(said)
            if told["state"] == "saving":
                raise Wrong(f"still being saved: {said}")
            said.saved = told["state"] in SAVED
            self._claim(said, told["outbox"])
            if said.saved and said.op_id is None:
                self.count.lost += 1
                self.count.problems.append(f"called saved, but nowhere: {said}")
            self.count.acknowledged += said.saved

    def _claim(self, said: Said, outbox: list[dict[str, Any]]) -> None:
        """Find the operation that these words became: on the tablet, or on the server already."""
        taken = {one.op_id for one in self.said}
        there = [*outbox, *self.log.read_of(said.device)]
        fitting = [op for op in there if op["op_id"] not in taken and said_by(op, said)]
        if fitting:
            newest = max(fitting, key=lambda op: op["seq"])
            said.op_id = newest["op_id"]

    # what must hold

    def _check_nothing_is_lost(self) -> None:
        """What was called saved is on the server, or in the outbox of its tablet."""
        known = self.log.read()
        missing = {one.op_id: one for one in self.said if one.saved and one.op_id and one.op_id not in known}
        for hand in self.hands:
            if any(one.device == hand.device for one in missing.values()):
                waiting = hand.page.evaluate("([user, audit]) => hands.outbox(user, audit)", [hand.user, self.audit])
                for op in waiting:
                    missing.pop(op["op_id"], None)
        known = self.log.read()
        for one in [one for op_id, one in missing.items() if op_id not in known]:
            one.saved = False
            self.count.lost += 1
            self.count.problems.append(f"lost: {one}")

    def _drain(self) -> None:
        """The network is back, in bad weather, then in calm: everything arrives, everybody hears of everything."""
        for hand in self.hands:
            hand.offline = False
            hand.context.set_offline(offline=False)
            hand.page.evaluate("hands.hurry()")
        self.hands[0].page.wait_for_timeout(self.chance.choice((0, 30, 100)))
        self.proxy.calm()
        self._rest()
        self.log.read()
        for held in self._rest():
            self.count.refused += len(held["set_aside"])
            absent = [state for state in held["photos"] if state != "sent"]
            self.count.shown_wrong += len(absent) + held["gap"]
            if held["set_aside"] or held["gap"] or absent:
                self.count.problems.append(f"set aside or missing: {held}")
        self._check_the_end()

    def _rest(self) -> list[dict[str, Any]]:
        """What every tablet holds when nothing waits and everything is heard."""
        for hand in self.hands:
            given = [hand.user, self.audit, self.log.cursor, DRAIN_SECONDS * 1000]
            hand.page.evaluate("given => void (hands.resting = hands.rest(given))", given)
        return [self._rested(hand) for hand in self.hands]

    def _rested(self, hand: Hand) -> dict[str, Any]:
        held: dict[str, Any] = hand.page.evaluate("hands.resting")
        waits = held["outbox"] > len(held["set_aside"]) or "waiting" in held["photos"]
        if waits or held["cursor"] < self.log.cursor:
            raise Wrong(f"{hand.name} does not come to rest: {held}, {hand.page.locator('#sync').inner_text()!r}")
        return held

    def _check_the_end(self) -> None:
        self._check_nothing_is_lost()
        found = self.log.judge(self.said)
        self.count.duplicated += len(found.duplicated)
        self.count.false_conflicts += len(found.false_conflicts)
        self.count.overwritten += len(found.overwritten)
        self.count.conflicts += found.conflicts
        self.count.problems += [*found.duplicated, *found.false_conflicts, *found.overwritten]
        self._check_screens()

    def _check_the_interface(self) -> None:
        """The interface tells what the database holds."""
        request = self.hands[0].context.request
        told = [op["op_id"] for op in request.get(f"/api/v1/audits/{self.audit}/ops?since=0").json()["ops"]]
        if len(told) != len(set(told)) or set(told) != self.log.read():
            self.count.duplicated += 1
            self.count.problems.append("the interface tells other operations than the database holds")
        bundle, stands = request.get(f"/api/v1/audits/{self.audit}/bundle").json(), self.log.stands()
        answers = {(one["criterion"], one["field"]): one["value"] for one in bundle["answers"]}
        facts = {one["fact"]: one["value"] for one in bundle["facts"]}
        asked = {one["op_id"] for one in bundle["conflicts"]}
        if (answers, facts, asked) != (stands.answers, stands.facts, set().union(*stands.questions.values())):
            self.count.shown_wrong += 1
            self.count.problems.append(f"the bundle tells something else than what stands: {bundle}, {stands}")

    def _check_screens(self) -> None:
        """Everybody sees what stands, and every open question; a screen is drawn a moment after its store."""
        stands = self.log.stands()
        if stands.without_bytes:
            self.count.lost += len(stands.without_bytes)
            self.count.problems.append(f"photos without bytes: {stands.without_bytes}")
        for hand in self.hands:
            deadline = time.monotonic() + DRAWN_SECONDS
            while (wrong := self._wrong_on(hand, stands)) and time.monotonic() < deadline:
                hand.page.wait_for_timeout(50)
            self.count.shown_wrong += len(wrong)
            self.count.problems += wrong

    def _wrong_on(self, hand: Hand, stands: Stands) -> list[str]:
        meetings = any(op.get("criterion") in MEETINGS or op.get("field") == "response" for op in self.log.ops)
        screen = hand.page.evaluate("given => hands.screen(...given)", [CRITERIA, meetings])
        signatures = stands.photos.get(MEETINGS[1], [])
        shows: dict[tuple[str, str], Any] = {}
        wrong = []
        for criterion, card in screen["cards"].items():
            shows |= {(criterion, name): card[name] for name in ("score", "na", "comment")}
            if (card["state"] == "conflict") != any(key[0] == criterion for key in stands.questions):
                wrong.append(f"{hand.name} sees at {criterion}: state {card['state']}, asked: {stands.questions}")
            if card["photos"] != sorted(stands.photos.get(criterion, [])):
                wrong.append(f"{hand.name} sees at {criterion}: {card['photos']}, there are {stands.photos}")
        if screen["signatures"] != sorted(signatures):
            wrong.append(f"{hand.name} sees the signatures {screen['signatures']}, there are {signatures}")
        for meeting, met in screen["meetings"].items():
            shows |= {(meeting, name): met[name] for name in ("attendees", "held_at")}
            if bool(met["asked"]) != any(key[0] == meeting for key in stands.questions):
                wrong.append(f"{hand.name} is asked at {meeting}: {met['asked']}, open: {stands.questions}")
        shows |= {(criterion, "response"): said for criterion, said in screen["responses"].items() if said}
        return (
            wrong
            + self._wrong_facts(hand, stands)
            + [
                f"{hand.name} sees at {key}: {value!r}, {stands.answers.get(key)!r} stands"
                for key, value in shows.items()
                if not same(value, stands.answers.get(key))
            ]
        )

    def _wrong_facts(self, hand: Hand, stands: Stands) -> list[str]:
        if not any(op["kind"] == "profile.set" for op in self.log.ops):
            return []
        shows = hand.page.evaluate("hands.facts()")
        asked = any(key[0] == FACTS for key in stands.questions)
        wrong = [
            f"{hand.name} sees the fact {name}: {shows[name]!r}, {value!r} stands"
            for name, value in stands.facts.items()
            if not same(shows[name], value)
        ]
        return wrong + (
            [f"{hand.name} sees {shows}, open: {stands.questions}"] if bool(shows["asked"]) != asked else []
        )


Step = Callable[[Soak, Hand], None]
