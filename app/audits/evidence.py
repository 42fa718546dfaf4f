"""Which answers still need evidence before an audit can be closed. Pure.

On the tablet evidence is a photo or the auditor's note: a photo shows a document, a place or a measurement; a note
says what was read, heard, measured or seen.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.checklists.checklist import Checklist
from app.checklists.evidence import Piece, missing_evidence
from app.checklists.schema import Criterion

PHOTO_SHOWS = frozenset({"photo", "document", "observation", "measurement"})
NOTE_SAYS = frozenset({"interview", "observation", "measurement", "register", "document"})


def without_evidence(
    checklist: Checklist, answers: Mapping[str, Mapping[str, Any]], photos: Mapping[str, int], *, on: date
) -> Iterator[str]:
    """The criteria, in order, whose answer needs more evidence than there is on the day of the visit.

    ``answers`` in the shape of an answers file; ``photos``: criterion → how many.
    """
    for criterion in checklist.criteria.values():
        answer = answers.get(criterion.id, {})
        shown = list(_pieces(criterion, str(answer.get("note", "")), photos.get(criterion.id, 0)))
        if missing_evidence(criterion, answer, shown, on=on):
            yield criterion.id


def _pieces(criterion: Criterion, note: str, photos: int) -> Iterator[Piece]:
    """Each photo and the note as one piece of the first wanted kind that it can be."""
    wanted = criterion.evidence.kinds if criterion.evidence else ()
    photo_kind = next((kind for kind in wanted if kind in PHOTO_SHOWS), "photo")
    yield from [Piece(photo_kind)] * photos
    if note.strip():
        yield Piece(next((kind for kind in wanted if kind in NOTE_SAYS), "interview"))
