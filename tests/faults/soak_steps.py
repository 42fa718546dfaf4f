"""What people do and what happens to them, each with its weight: see ``soak``."""

import base64
from typing import Any

from tests.faults.proxy import API, PHOTOS, SEVERAL, Fault
from tests.faults.server_log import FACTS, Said
from tests.faults.soak import CRITERIA, EXCUSABLE, MEETINGS, Hand, Soak, Step, Wrong
from tests.visits import jpeg

BAD_WEATHER = [
    Fault.DROP_REQUEST,
    Fault.DROP_REPLY,
    Fault.DUPLICATE,
    Fault.LATE,
    Fault.SLOW,
    Fault.TRUNCATE,
    Fault.HALF_JSON,
    Fault.HALF_ITEMISED,
    Fault.ERROR,
    Fault.BAD_GATEWAY,
    Fault.REDIRECT,
    Fault.PORTAL,
    Fault.EMPTY,
    Fault.OTHER_PROTOCOL,
    Fault.REFUSED,
    Fault.TOO_MANY,
    Fault.UNAVAILABLE,
    Fault.SIGNED_OUT,
    Fault.KILL_BEFORE_COMMIT,
    Fault.KILL_MID_BATCH,
    Fault.KILL_AFTER_COMMIT,
]
WORDS = ("", "Segregujemy.", "Proszę zapytać w biurze.")


def _tap(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "tap", soak.chance.choice(CRITERIA), soak.chance.random())


def _write(soak: Soak, hand: Hand) -> None:
    soak.numbers += 1
    soak.do(hand, "note", soak.chance.choice(CRITERIA), f"uwaga {soak.numbers} ({hand.name})")


def _clear(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "note", soak.chance.choice(CRITERIA), "")


def _write_across(soak: Soak, hand: Hand) -> None:
    """Somebody stands in a field and thinks; what they then write comes after what the other one wrote there."""
    criterion = soak.chance.choice(CRITERIA)
    if not hand.page.evaluate("id => hands.enter(id)", criterion):
        raise Wrong(f"{hand.name} cannot stand in the field for a note at {criterion}")
    for one in (soak.other(hand), hand):
        soak.numbers += 1
        soak.do(one, "note", criterion, f"uwaga {soak.numbers} ({one.name})")
        _hurry_both(soak, hand)


def _correct_across(soak: Soak, hand: Hand) -> None:
    """Somebody has the facts about the supplier open while the other one corrects them."""
    hand.page.evaluate("hands.look()")
    for one in (soak.other(hand), hand):
        soak.do(one, "correct", FACTS, soak.chance.random())
        _hurry_both(soak, hand)


def _hurry_both(soak: Soak, hand: Hand) -> None:
    """Perhaps long enough for both to hear of it."""
    for one in (soak.other(hand), hand):
        one.page.evaluate("hands.hurry()")
        one.page.wait_for_timeout(soak.chance.choice((0, 250)))


def _excuse(soak: Soak, hand: Hand) -> None:
    soak.numbers += 1
    soak.do(hand, "na", soak.chance.choice(EXCUSABLE), f"nie dotyczy {soak.numbers} ({hand.name})")


def _photograph(soak: Soak, hand: Hand) -> None:
    content = base64.b64encode(jpeg(soak.chance.randrange(256))).decode()
    soak.do(hand, "photo", soak.chance.choice(CRITERIA), content)


def _remove_photo(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "remove", soak.chance.choice(CRITERIA), soak.chance.random())


def _settle(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "settle", soak.chance.choice(CRITERIA), soak.chance.random())


def _come(soak: Soak, hand: Hand) -> None:
    soak.numbers += 1
    soak.do(hand, "come", soak.chance.choice(MEETINGS), f"Osoba {soak.numbers}")


def _go(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "go", soak.chance.choice(MEETINGS), soak.chance.random())


def _begin(soak: Soak, hand: Hand) -> None:
    """Say when a meeting was."""
    soak.numbers += 1
    time = f"2026-11-22T{soak.numbers // 60 % 24:02}:{soak.numbers % 60:02}"
    soak.do(hand, "begin", soak.chance.choice(MEETINGS), time)


def _respond(soak: Soak, hand: Hand) -> None:
    """The supplier agrees or disagrees with a finding, or says why."""
    given = [soak.chance.choice(("agreed", "disputed")), soak.chance.choice(WORDS)]
    soak.do(hand, "respond", soak.chance.choice(CRITERIA), *given)


def _sign(soak: Soak, hand: Hand) -> None:
    """Somebody signs, for the first time or once more."""
    soak.numbers += 1
    soak.do(hand, "sign", MEETINGS[1], f"Osoba {soak.numbers}", soak.chance.random())


def _take_signature_away(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "unsign", MEETINGS[1], soak.chance.random())


def _correct(soak: Soak, hand: Hand) -> None:
    soak.do(hand, "correct", FACTS, soak.chance.random())


def _tap_and_die(soak: Soak, hand: Hand) -> None:
    """The page goes in the very moment of a tap; nobody was told that it is saved."""
    criterion = soak.chance.choice(CRITERIA)
    before: dict[str, Any] = {"asked": []}
    value = hand.page.evaluate("given => hands.tapAndGo(...given)", [criterion, soak.chance.random()])
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


def _too_large(soak: Soak, _hand: Hand) -> None:
    """Something on the way takes only small calls."""
    soak.proxy.order(Fault.TOO_LARGE, SEVERAL, times=soak.chance.choice((1, 2)))


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
    hand.page.wait_for_selector(f'[data-criterion="{CRITERIA[0]}"]', state="attached")


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
    _write_across: 5,
    _excuse: 5,
    _photograph: 2,
    _remove_photo: 3,
    _settle: 10,
    _come: 4,
    _go: 2,
    _begin: 2,
    _respond: 6,
    _sign: 3,
    _take_signature_away: 1,
    _correct: 4,
    _correct_across: 2,
    _network: 10,
    _bad_weather: 45,
    _bad_weather_for_photos: 2,
    _too_large: 3,
    _expire: 2,
    _release: 4,
    _hurry: 20,
    _reload: 1,
    _kill_tab: 1,
    _tap_and_die: 1,
}
STEPS, WEIGHTS = list(WEIGHED), list(WEIGHED.values())
