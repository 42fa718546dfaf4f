"""The woven border of a certificate: a braid of three strands, one per area, that runs around the sheet. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, sin

COLOURS = ("#2E7D4F", "#C9822B", "#1B5E8C")
STRANDS = len(COLOURS)
# Everything in millimetres.
CORNER = 16.0
SWING = 2.5
THREADS = (-0.62, 0.0, 0.62)  # each strand is three fine lines
THREAD_WIDTH = 0.22
GAP = 0.8  # of the strand that passes under, to each side of the crossing
TURN = 13.0  # about the length of one full swing; adjusted so that the braid closes
STEPS_PER_TURN = 24
LAST_CORNER = 7


@lru_cache(maxsize=2)
def woven_border(width: float, height: float, inset: float) -> str:
    """SVG of ``width`` × ``height`` with the braid's centre line ``inset`` from the edge."""
    length = _length(width, height, inset)
    turns = round(length / TURN)
    paths = "".join(
        f'<path stroke="{colour}" d="{_strand(strand, turns, (width, height, inset))}"/>'
        for strand, colour in enumerate(COLOURS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}mm"'
        f' height="{height:g}mm" fill="none" stroke-width="{THREAD_WIDTH}" stroke-linejoin="round">{paths}</svg>'
    )


def _strand(strand: int, turns: int, sheet: tuple[float, float, float]) -> str:
    steps = turns * STEPS_PER_TURN
    pieces: list[str] = []
    for thread in THREADS:
        drawing = False
        for step in range(steps + 1):
            angle = 2 * pi * (step % steps) / STEPS_PER_TURN + strand * 2 * pi / STRANDS
            if _passes_under(angle, length_per_turn=_length(*sheet) / turns):
                drawing = False
                continue
            x, y = _place((step % steps) / steps, SWING * sin(angle) + thread, sheet)
            pieces.append(f"{'L' if drawing else 'M'}{x:.2f} {y:.2f}")
            drawing = True
    return "".join(pieces)


def _passes_under(angle: float, *, length_per_turn: float) -> bool:
    """Within the gap of a crossing in which this strand lies below.

    Strands that are a third of a turn apart cross where their sines are equal; depth is the sine of twice the
    angle, as in a plait.
    """
    for crossing in _crossings():
        distance = (angle - crossing + pi) % (2 * pi) - pi
        if abs(distance) / (2 * pi) * length_per_turn < GAP:
            return True
    return False


@lru_cache(maxsize=1)
def _crossings() -> tuple[float, ...]:
    """The angles, within one turn, at which a strand passes under another one."""
    found = []
    for other in (2 * pi / STRANDS, -2 * pi / STRANDS):
        for half_turn in (0, 1):
            angle = pi / 2 - other / 2 + half_turn * pi  # here sin(angle) == sin(angle + other)
            if sin(2 * angle) < sin(2 * (angle + other)):
                found.append(angle)
    return tuple(found)


def _length(width: float, height: float, inset: float) -> float:
    return sum(length for _kind, length in _sides(width, height, inset))


def _sides(width: float, height: float, inset: float) -> Iterator[tuple[int, float]]:
    across, down = width - 2 * inset - 2 * CORNER, height - 2 * inset - 2 * CORNER
    for side, straight in enumerate((across, down, across, down)):
        yield 2 * side, straight
        yield 2 * side + 1, CORNER * pi / 2


def _place(part: float, offset: float, sheet: tuple[float, float, float]) -> tuple[float, float]:
    """The point ``offset`` outside the centre line after ``part`` (0–1) of the way around, clockwise."""
    width, height, inset = sheet
    rest = part * _length(*sheet)
    sides = _sides(*sheet)
    place, length = next(sides)
    while rest > length and place < LAST_CORNER:
        rest -= length
        place, length = next(sides)
    side, corner = divmod(place, 2)
    middle_x, middle_y = width / 2, height / 2
    half = (middle_x - inset, middle_y - inset) if side % 2 == 0 else (middle_y - inset, middle_x - inset)
    # on a top side that is turned to where it belongs afterwards
    if corner:
        turned = rest / CORNER
        x = half[0] - CORNER + (CORNER + offset) * sin(turned)
        y = half[1] - CORNER + (CORNER + offset) * cos(turned)
    else:
        x, y = rest - half[0] + CORNER, half[1] + offset
    quarter = side * pi / 2
    return (
        middle_x + x * cos(quarter) + y * sin(quarter),
        middle_y + x * sin(quarter) - y * cos(quarter),
    )
