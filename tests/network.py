"""What may happen on a visit, step by step, chosen by a seed."""

import random
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.model_tablet import ModelTablet
from tests.model_world import CRITERIA, VALUES, World

FEWEST, MOST = 8, 30
Step = Callable[[World, ModelTablet, random.Random], None]


def play(world: World, chance: random.Random) -> int:
    """One visit; in the end everything arrives. Answers how many steps it had."""
    steps = chance.randint(FEWEST, MOST)
    for step in chance.choices(STEPS, WEIGHTS, k=steps):
        step(world, chance.choice(world.tablets), chance)
    world.drain()
    return steps


def _answer(_world: World, tablet: ModelTablet, chance: random.Random) -> None:
    field = chance.choice(("score", "score", "na", "comment", "response"))
    tablet.answer((chance.choice(CRITERIA), field), chance.choice(VALUES[field]))


def _choose(_world: World, tablet: ModelTablet, chance: random.Random) -> None:
    """Settle two answers: mine, theirs or another value."""
    asked = [key for key, lost in tablet.lost.items() if lost]
    if asked:
        key = chance.choice(asked)
        chosen = [*tablet.lost[key], tablet.at(key).head, chance.choice(VALUES[key[1]])]
        tablet.resolve(key, chance.choice(chosen))


def _add_photo(_world: World, tablet: ModelTablet, chance: random.Random) -> None:
    tablet.add_photo(chance.choice(CRITERIA))


def _remove_photo(_world: World, tablet: ModelTablet, chance: random.Random) -> None:
    if tablet.photos:
        tablet.remove_photo(chance.choice(sorted(tablet.photos)))


def _sync(world: World, tablet: ModelTablet, chance: random.Random) -> None:
    world.sync(tablet, most=chance.choice((200, 200, 2, 0)))


def _lose_reply(world: World, tablet: ModelTablet, chance: random.Random) -> None:
    world.lose_reply(tablet, most=chance.choice((200, 1)))


def _duplicate(world: World, tablet: ModelTablet, chance: random.Random) -> None:
    world.duplicate(tablet, most=chance.choice((200, 1)))


def _hold_back(world: World, tablet: ModelTablet, chance: random.Random) -> None:
    world.hold_back(tablet, most=chance.choice((200, 1)))


def _release(world: World, _tablet: ModelTablet, chance: random.Random) -> None:
    world.release(chance.randrange(4))


def _die(world: World, tablet: ModelTablet, _chance: random.Random) -> None:
    world.die(tablet, most=200)


def _finalise(world: World, tablet: ModelTablet, _chance: random.Random) -> None:
    world.finalise(tablet)


WEIGHED: dict[Step, int] = {
    _answer: 12,
    _choose: 3,
    _add_photo: 1,
    _remove_photo: 1,
    _sync: 8,
    _lose_reply: 2,
    _duplicate: 1,
    _hold_back: 1,
    _release: 1,
    _die: 1,
    _finalise: 1,
}
STEPS, WEIGHTS = list(WEIGHED), list(WEIGHED.values())


class VisitMachine(RuleBasedStateMachine):
    """The same steps, chosen by Hypothesis, which finds the shortest way to a failure."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    @rule(step=st.sampled_from(STEPS), tablet=st.integers(0, 2), chance=st.randoms(use_true_random=False))
    def go_on(self, step: Step, tablet: int, chance: random.Random) -> None:
        step(self.world, self.world.tablets[tablet % len(self.world.tablets)], chance)

    def teardown(self) -> None:
        self.world.drain()
