"""Two or three tablets, one server, a bad network; after every step the truths that must hold are checked.

- What a person was told is saved is on the server or in the outbox.
- Each operation is on the server once, and asked again the server answers the same.
- No answer is overwritten by somebody who had not seen it; no conflict where the author had seen what stood.
- Every conflict stays a question until a person settles it.
"""

import itertools
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.audits.merge import RIVALS, empty, same
from tests.model_tablet import Key, ModelTablet, Shown

CRITERIA = ("EKO-SUR-01", "EKO-SUR-04")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "score": (0, 1, 3, None),
    "na": ("nie dotyczy", "bez drewna", None),
    "comment": ("widziane", "rozmowa z kierowniczką", "", None),
    "response": ({"stand": "agreed", "words": ""}, {"stand": "disputed", "words": "Segregujemy."}),
}
Reply = dict[str, Any]


class Server(Protocol):
    """What takes batches: in memory, or on a database."""

    def receive(self, batch: Mapping[str, Any], *, commit: bool) -> list[dict[str, Any]]:
        """The results, one per operation; without ``commit`` the server dies before it could keep anything."""

    def heads(self) -> dict[Key, Shown]:
        """The values that stand."""

    def questions(self) -> set[tuple[Key, str]]:
        """The open conflicts: field and the newest operation that lost."""

    def photos(self) -> set[str]:
        """The photos that stand."""

    def close(self) -> None:
        """The visit is over."""


@dataclass
class World:
    """Everything, and what is known to be true."""

    server: Server
    tablets: list[ModelTablet]
    log: list[dict[str, Any]] = field(default_factory=list)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    standing: dict[Key, Shown] = field(default_factory=dict)
    open: dict[tuple[Key, str], str] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    late: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False

    @classmethod
    def of(cls, server: Server, tablets: int, *, number: int = 0) -> "World":
        """``number``: another one for every world on the same database."""
        return cls(server, [ModelTablet(f"tablet-{place}", _ids(number, place)) for place in range(1, tablets + 1)])

    # what the network does

    def sync(self, tablet: ModelTablet, most: int = 200) -> None:
        """A call that goes well."""
        tablet.take(self.deliver(tablet.batch(most)))

    def lose_reply(self, tablet: ModelTablet, most: int) -> None:
        """The server did it, the tablet never hears of it (cut off, truncated, a login page instead)."""
        self.deliver(tablet.batch(most))

    def duplicate(self, tablet: ModelTablet, most: int) -> None:
        """The same call arrives twice; the second reply is heard."""
        batch = tablet.batch(most)
        self.deliver(batch)
        tablet.take(self.deliver(batch))

    def hold_back(self, tablet: ModelTablet, most: int) -> None:
        """The call hangs somewhere and arrives later, when the tablet has long given it up."""
        self.late.append({**tablet.batch(most), "ops": list(tablet.outbox[:most])})

    def release(self, place: int) -> None:
        """A call from before arrives out of order; nobody waits for its reply."""
        if self.late:
            self.deliver(self.late.pop(place % len(self.late)))

    def die(self, tablet: ModelTablet, most: int) -> None:
        """The server dies before it commits."""
        self.server.receive(tablet.batch(most), commit=False)
        self.check()

    def finalise(self, tablet: ModelTablet) -> None:
        """The visit ends when this tablet shows exactly what stands and nothing waits for a choice."""
        shows = {key: one.head for key, one in tablet.shown.items() if not empty(one.value)}
        stands = {key: one.head for key, one in self.standing.items() if not empty(one.value)}
        if not (self.closed or tablet.outbox or self.open) and shows == stands and set(tablet.photos) == self.photos:
            self.server.close()
            self.closed = True

    def deliver(self, batch: Mapping[str, Any]) -> Reply:
        """The server takes a batch; what it answers is judged."""
        seen = len(self.log)
        results = self.server.receive(batch, commit=True)
        assert [one["op_id"] for one in results] == [one["op_id"] for one in batch["ops"]]
        for op, result in zip(batch["ops"], results, strict=True):
            self._judge(batch["device_id"], op, result)
        changes = [one for one in self.log[batch["cursor"] : seen] if one["device"] != batch["device_id"]]
        self.check()
        return {"results": results, "changes": changes, "cursor": len(self.log)}

    # what must hold

    def _judge(self, device: str, op: dict[str, Any], result: dict[str, Any]) -> None:
        if op["op_id"] in self.results:
            assert result == self.results[op["op_id"]], f"another answer to the same operation: {op} {result}"
            return
        self.results[op["op_id"]] = result
        self.log.append({**op, "device": device, "result": result, "cursor": result["cursor"]})
        assert result["cursor"] == len(self.log), (op, result)
        if self.closed:
            assert (result["status"], result["code"]) == ("rejected", "closed"), (op, result)
        elif op["kind"].startswith("photo"):
            self._judge_photo(op, result)
        else:
            self._judge_answer(device, op, result)

    def _judge_photo(self, op: dict[str, Any], result: dict[str, Any]) -> None:
        assert result["status"] == "applied", (op, result)
        if op["kind"] == "photo.remove":
            self.gone.add(op["photo"]["id"])
        self.photos = (self.photos | {op["photo"]["id"]}) - self.gone

    def _judge_answer(self, device: str, op: dict[str, Any], result: dict[str, Any]) -> None:
        assert result["status"] in {"applied", "conflict"}, (op, result)
        key = (op["criterion"], op["field"])
        saw = self._saw(op)
        value = result["value"] if "value" in result else op["value"]
        head = self.standing.get(key)
        if result["status"] == "conflict":
            against = (key[0], result["theirs"].get("field", key[1])) if "theirs" in result else key
            other = self.standing[against]
            assert other.head not in self._stood_for(saw[against]), f"false conflict, its author saw it: {op} {result}"
            assert not same(other.value, value) or against != key, f"false conflict, they agree: {op} {result}"
            assert len({one["device"] for one in self.log}) > 1, f"one device alone disagrees with itself: {op}"
            self.open[key, device] = op["op_id"]
            return
        if result["head_op"] == op["op_id"]:
            self._check_seen(op, key, value, saw)
            self.standing[key] = Shown(value, op["op_id"])
        else:
            assert head is not None, (op, result)
            assert result["head_op"] == head.head, (op, result)
            assert same(head.value, value), f"said to agree, but does not: {op} {result} {head}"
        if "clears" in result:
            rival = (key[0], result["clears"])
            self._check_seen(op, rival, None, saw)
            self.standing[rival] = Shown(None, op["op_id"])
        both = [name for name in RIVALS if not empty(self.standing.get((key[0], name), Shown()).value)]
        assert len(both) < 2, f"a level and not applicable at once: {op} {result}"
        self.open = {
            (at, by): lost
            for (at, by), lost in self.open.items()
            if at != key or (by != device and lost not in op.get("resolves", ()))
        }

    def _saw(self, op: dict[str, Any]) -> dict[Key, Shown]:
        return next(tablet.made[op["op_id"]] for tablet in self.tablets if op["op_id"] in tablet.made)

    def _stood_for(self, seen: Shown) -> set[str | None]:
        """What the author saw: an operation, and the one that it agreed with."""
        result = self.results.get(seen.head or "", {})
        return {seen.head, result.get("head_op") if result.get("status") == "applied" else seen.head}

    def _check_seen(self, op: dict[str, Any], key: Key, value: Any, saw: Mapping[Key, Shown]) -> None:
        """Whoever takes a value's place must have seen it, or an equal one."""
        head = self.standing.get(key)
        if head is not None and not same(head.value, value):
            seen = saw[key]
            known = seen.head == head.head or same(seen.value, head.value)
            assert known, f"silently overwritten: {op} replaced {head}, its author saw {seen}"

    def check(self) -> None:
        """After every step: nothing that a person saved is anywhere but on the server or in the outbox."""
        for tablet in self.tablets:
            lost = tablet.made.keys() - self.results.keys() - {op["op_id"] for op in tablet.outbox}
            assert not lost, f"lost on {tablet.device}: {lost}"

    def drain(self) -> None:
        """The network is back: everything arrives, everybody hears of everything, and the server agrees with us."""
        while self.late:
            self.release(0)
        for _round in range(2):
            for tablet in self.tablets:
                while tablet.outbox:
                    self.sync(tablet)
        for tablet in self.tablets:
            self.sync(tablet)
        numbers = [(one["device"], one["seq"]) for one in self.log]
        assert len(numbers) == len(set(numbers)) == sum(len(tablet.made) for tablet in self.tablets)
        assert self.server.heads() == self.standing
        assert self.server.questions() == {(key, lost) for (key, _device), lost in self.open.items()}
        assert self.server.photos() == self.photos
        for tablet in self.tablets:
            self._check_shown(tablet)

    def _check_shown(self, tablet: ModelTablet) -> None:
        """Everybody shows what stands, and every open question."""
        refused = {(op.get("criterion"), name) for op in tablet.refused for name in (*RIVALS, op.get("field"))}
        for key in self.standing.keys() | tablet.shown.keys():
            if key not in refused:
                stands, shows = self.standing.get(key, Shown()), tablet.at(key)
                assert same(stands.value, shows.value), f"{tablet.device} shows {shows} at {key}, {stands} stands"
        asked = {(key, lost) for key, lost_ones in tablet.lost.items() for lost in lost_ones if key not in refused}
        open_ones = {(key, lost) for (key, _device), lost in self.open.items() if key not in refused}
        assert asked == open_ones, f"{tablet.device} asks about {asked}, open are {open_ones}"


def _ids(world: int, tablet: int) -> Iterator[uuid.UUID]:
    start = (world << 80) + (tablet << 48)
    return (uuid.UUID(int=start + count, version=4) for count in itertools.count(1))
