"""A tablet as the sync protocol sees it: what it shows, its outbox, what it does with a reply. No browser, no database.

It keeps what the person saw at every tap, which is the truth that the server's verdicts are judged by.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.audits.merge import RIVALS, empty

Key = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """A value on the screen and the operation that it came from."""

    value: Any = None
    head: str | None = None


NOTHING = Shown()


@dataclass
class ModelTablet:
    """One device; ``ids`` gives operation and photo ids."""

    device: str
    ids: Iterator[uuid.UUID]
    cursor: int = 0
    seq: int = 0
    shown: dict[Key, Shown] = field(default_factory=dict)
    confirmed: dict[Key, Shown] = field(default_factory=dict)
    lost: dict[Key, dict[str, Any]] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    photos: dict[str, str] = field(default_factory=dict)
    made: dict[str, dict[Key, Shown]] = field(default_factory=dict)
    known_at: dict[Key, int] = field(default_factory=dict)
    meant: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    said_by: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def answer(self, key: Key, value: Any) -> None:
        """The person taps or types; where two answers wait for a choice, that is the choice."""
        if self.lost.get(key):
            self.resolve(key, value)
        else:
            self._say(key, value, kind="answer.set", value=value)

    def resolve(self, key: Key, chosen: Any) -> None:
        """The person chooses: the id of an operation, or a value."""
        standing, lost = self.at(key), self.lost.pop(key, {})
        candidates: dict[str | None, Any] = {standing.head: standing.value}
        candidates.update(lost)
        value = candidates.get(chosen, chosen) if isinstance(chosen, str) else chosen
        self._say(key, value, kind="answer.resolve", chosen=chosen, resolves=list(lost))
        self.choices[self.outbox[-1]["op_id"]] = lost

    def at(self, key: Key) -> Shown:
        return self.shown.get(key, NOTHING)

    def _say(self, key: Key, shows: Any, **said: Any) -> None:
        rival = (key[0], RIVALS.get(key[1], ""))
        before = {key: self.at(key), rival: self.at(rival)}
        said |= {"rival_op": before[rival].head} if rival[1] else {}
        op = self._op(criterion=key[0], field=key[1], base_op=before[key].head, **said)
        self.made[op["op_id"]] = before
        self.meant[op["op_id"]] = shows
        self._show(op)

    def _show(self, op: Mapping[str, Any]) -> None:
        """Show an own operation at once; a level puts "not applicable" aside, and the other way round."""
        key, shows = (op["criterion"], op["field"]), self.meant[op["op_id"]]
        rival = (key[0], RIVALS.get(key[1], ""))
        self.shown[key] = Shown(shows, op["op_id"])
        if not empty(shows) and not empty(self.at(rival).value):
            self.shown[rival] = Shown(None, op["op_id"])

    def add_photo(self, criterion: str) -> None:
        photo_id, sha256 = str(next(self.ids)), f"{self.seq:064x}"
        self.photos[photo_id] = sha256
        photo = {"id": photo_id, "criterion": criterion, "sha256": sha256, "bytes": 9, "mime": "image/jpeg"}
        self.made[self._op(kind="photo.add", photo=photo)["op_id"]] = {}

    def remove_photo(self, photo_id: str) -> None:
        del self.photos[photo_id]
        self.made[self._op(kind="photo.remove", photo={"id": photo_id})["op_id"]] = {}

    def _op(self, **said: Any) -> dict[str, Any]:
        self.seq += 1
        op = {"op_id": str(next(self.ids)), "seq": self.seq, **said}
        self.outbox.append(op)
        return op

    def batch(self, most: int) -> dict[str, Any]:
        """The next call: at most so many operations, in order."""
        ops = self.outbox[:most]
        return {
            "device_id": self.device,
            "cursor": self.cursor,
            "ops": ops,
            "pending_after": len(self.outbox) - len(ops),
        }

    def take(self, reply: Mapping[str, Any]) -> None:
        """Believe an itemised reply, everything in the server's order; what is still on its way stays on top."""
        for said in sorted((*reply["results"], *reply["changes"]), key=lambda one: one["cursor"]):
            if "result" in said:
                self._hear(said)
            else:
                self._settle(said)
        self.cursor = max(self.cursor, reply["cursor"])
        self.shown = dict(self.confirmed)
        for op in self.outbox:
            if op["op_id"] in self.meant:
                self._show(op)

    def _settle(self, result: Mapping[str, Any]) -> None:
        op = next((one for one in self.outbox if one["op_id"] == result["op_id"]), None)
        if op is None:
            return
        self.outbox.remove(op)
        if result["status"] == "rejected":
            self.refused.append({**op, "code": result["code"]})
        elif not op["kind"].startswith("photo"):
            self._settle_answer(op, result)

    def _settle_answer(self, op: dict[str, Any], result: Mapping[str, Any]) -> None:
        key, value = (op["criterion"], op["field"]), self.meant[op["op_id"]]
        lost = self.lost.setdefault(key, {})
        if result["status"] == "applied":
            self._confirm(result, key, Shown(value, result["head_op"]))
            if "clears" in result:
                self._confirm(result, (key[0], result["clears"]), Shown(None, op["op_id"]))
            self._strike(key, self.device)
            return
        lost.update(self.choices.get(op["op_id"], {}))  # the choice came too late
        self._strike(key, self.device)
        later = any((one.get("criterion"), one.get("field")) == key for one in self.outbox)
        if not later and op["op_id"] not in self.settled:
            lost[op["op_id"]] = value
        theirs = result.get("theirs", {})
        against = (key[0], theirs.get("field", key[1]))
        self._confirm(result, against, Shown(theirs.get("value"), result["head_op"]))

    def _strike(self, key: Key, device: str, settled: Collection[str] = ()) -> None:
        """Its earlier question is no longer asked, nor are those settled; also not after a late choice of ours."""
        waiting = [op["op_id"] for op in self.outbox if (op.get("criterion"), op.get("field")) == key]
        for asked in (self.lost.setdefault(key, {}), *(self.choices[one] for one in waiting if one in self.choices)):
            for one in [one for one in asked if one in settled or self.said_by.get(one, self.device) == device]:
                del asked[one]

    def _confirm(self, said: Mapping[str, Any], key: Key, stands: Shown) -> None:
        """An answer that was repeated may tell of what stood before a change that was heard already."""
        if said["cursor"] > self.known_at.get(key, 0):
            self.confirmed[key], self.known_at[key] = stands, said["cursor"]

    def _hear(self, change: Mapping[str, Any]) -> None:
        """Another device's operation."""
        if change["result"]["status"] == "rejected":
            return
        if change["kind"] == "photo.add":
            self.photos.setdefault(change["photo"]["id"], change["photo"]["sha256"])
        elif change["kind"] == "photo.remove":
            self.photos.pop(change["photo"]["id"], None)
        else:
            self._hear_answer(change, change["result"])

    def _hear_answer(self, change: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        key = (change["criterion"], change["field"])
        value = result["value"] if "value" in result else change.get("value")
        lost = self.lost.setdefault(key, {})
        asks = result["status"] == "conflict"
        self.settled |= set() if asks else set(change.get("resolves", ()))  # also ours whose receipt has not come yet
        self._strike(key, change["device"], () if asks else change.get("resolves", ()))
        if asks:
            lost[change["op_id"]] = value
            self.said_by[change["op_id"]] = change["device"]
            return
        if result["head_op"] == change["op_id"]:
            self._confirm(change, key, Shown(value, change["op_id"]))
        if result.get("clears"):
            self._confirm(change, (key[0], result["clears"]), Shown(None, change["op_id"]))
