"""What people do and what happens to them, each with its weight: see ``soak``."""

import base64
from typing import Any

from tests.faults.proxy import API, PHOTOS, Fault
from tests.faults.soak import CRITERIA, EXCUSABLE, Hand, Said, Soak, Step
from tests.visits import jpeg

BAD_WEATHER = [
    Fault.DROP_REQUEST,
    Fault.DROP_REPLY,
    Fault.DUPLICATE,
    Fault.LATE,
    Fault.TRUNCATE,
    Fault.HALF_JSON,
    Fault.ERROR,
    Fault.BAD_GATEWAY,
    Fault.REDIRECT,
    Fault.PORTAL,
    Fault.EMPTY,
    Fault.OTHER_PROTOCOL,
    Fault.TOO_MANY,
    Fault.UNAVAILABLE,
    Fault.SIGNED_OUT,
    Fault.KILL_BEFORE_COMMIT,
    Fault.KILL_MID_BATCH,
    Fault.KILL_AFTER_COMMIT,
]


def _tap(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "tap", soak.chance.choice(CRITERIA), "score", soak.chance.random())


def _write(soak: Soak, hand: Hand) -> None:
    soak.numbers += 1
    soak.do(hand, "note", soak.chance.choice(CRITERIA), "comment", f"uwaga {soak.numbers} ({hand.name})")


def _clear(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "note", soak.chance.choice(CRITERIA), "comment", "")


def _excuse(soak: Soak, hand: Hand) -> None:
    soak.numbers += 1
    soak.do(hand, "na", soak.chance.choice(EXCUSABLE), "na", f"nie dotyczy {soak.numbers} ({hand.name})")


def _photograph(soak: Soak, hand: Hand) -> None:
    content = base64.b64encode(jpeg(soak.chance.randrange(256))).decode()
    soak.do(hand, "photo", soak.chance.choice(CRITERIA), "photo", content)


def _settle(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "settle", soak.chance.choice(CRITERIA), "choice", soak.chance.random())


def _tap_and_die(soak: Soak, hand: Hand) -> None:
    """The page goes in the very moment of a tap; nobody was told that it is saved."""
    criterion = soak.chance.choice(CRITERIA)
    before: dict[str, Any] = {"asked": []}
    value = hand.page.evaluate("given => hands.tapAndGo(given)", [criterion, soak.chance.random()])
    soak.said.append(Said(hand.device, criterion, "score", value, before, {}))
    _kill_tab(soak, hand)


def _network(soak: Soak, hand: Hand) -> None:
    hand.offline = not hand.offline
    hand.context.set_offline(hand.offline)
    soak.count.faults["offline" if hand.offline else "online"] += 1
    for other in soak.hands:
        if other.context is hand.context:
            other.offline = hand.offline


def _bad_weather(soak: Soak, _hand: Hand) -> None:
    soak.proxy.plan(soak.chance, BAD_WEATHER)


def _bad_weather_for_photos(soak: Soak, _hand: Hand) -> None:
    soak.proxy.plan(soak.chance, BAD_WEATHER, PHOTOS)


def _expire(soak: Soak, _hand: Hand) -> None:
    """The session is over, for a while: until the weather is calm again everybody has to sign in."""
    soak.proxy.order(Fault.SIGNED_OUT, API, times=6)


def _release(soak: Soak, _hand: Hand) -> None:
    soak.proxy.release()


def _hurry(soak: Soak, hand: Hand) -> None:
    hand.page.evaluate("hands.hurry()")
    hand.page.wait_for_timeout(soak.chance.choice((0, 20, 80)))


def _reload(soak: Soak, hand: Hand) -> None:
    soak.count.faults["reload"] += 1
    hand.page.reload()
    hand.page.wait_for_selector(f'[data-criterion="{CRITERIA[0]}"]')


def _kill_tab(soak: Soak, hand: Hand) -> None:
    soak.count.faults["tab killed"] += 1
    hand.page.close()
    hand.page = soak.open_page(hand.context)


def by_chance(soak: Soak, hand: Hand) -> None:
    """One of them."""
    soak.chance.choices(STEPS, WEIGHTS)[0](soak, hand)


WEIGHED: dict[Step, int] = {
    _tap: 30,
    _write: 12,
    _clear: 3,
    _excuse: 5,
    _photograph: 2,
    _settle: 10,
    _network: 7,
    _bad_weather: 16,
    _bad_weather_for_photos: 2,
    _expire: 2,
    _release: 4,
    _hurry: 12,
    _reload: 1,
    _kill_tab: 1,
    _tap_and_die: 1,
}
STEPS, WEIGHTS = list(WEIGHED), list(WEIGHED.values())
