"""A loaded checklist: its content, translations and digest, and the views of it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from app.checklists import canonical, exact
from app.checklists.schema import Content, Criterion, Scale
from app.checklists.translated import translated
from app.checklists.translation import Translation


@dataclass(frozen=True, eq=False)
class Checklist:
    """One version of a checklist, valid and never changing. ``digest`` is its SHA-256 in hex."""

    content: Content
    translations: Mapping[str, Translation]
    digest: str

    @property
    def id(self) -> str:
        return self.content.checklist

    @property
    def version(self) -> str:
        return self.content.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The binding language first."""
        return self.content.languages

    @cached_property
    def criteria(self) -> Mapping[str, Criterion]:
        """Criterion id → criterion, in the order of the checklist, texts in the binding language."""
        return {criterion.id: criterion for criterion in self.content.criteria()}

    def scale_of(self, criterion: Criterion) -> Scale:
        return self.content.scales[criterion.scale]


def built(content: Content, translations: Mapping[str, Translation]) -> Checklist:
    """The checklist of valid content, with its digest."""
    return Checklist(content, dict(translations), canonical.digest(_digested(content, translations)))


@lru_cache(maxsize=64)
def text(checklist: Checklist, language: str) -> Content:
    """All texts in a language; what is not translated, or an unknown language, falls back to the binding one."""
    translation = checklist.translations.get(language)
    return checklist.content if translation is None else translated(checklist.content, translation)


def document(content: Content) -> dict[str, Any]:
    """The content as a checklist document: keys and order of the YAML, defaults left out, numbers exact."""
    plain: dict[str, Any] = _plain(content.model_dump(by_alias=True, exclude_defaults=True))
    return plain


@lru_cache(maxsize=64)
def as_bundle(checklist: Checklist, language: str) -> str:
    """Compact JSON for the tablet: the document in one language, with ``digest`` and ``language``; stable bytes."""
    whole = {"digest": checklist.digest, "language": language, **document(text(checklist, language))}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=_json_number)


def _digested(content: Content, translations: Mapping[str, Translation]) -> dict[str, Any]:
    """What the digest covers: everything but the status. Canonical JSON sorts keys, so orders stand apart."""
    plain = document(content)
    del plain["status"]
    plain["order_of_findings"] = list(content.findings)
    texts = {
        language: _plain(translation.model_dump(exclude_defaults=True))
        for language, translation in translations.items()
    }
    return {"checklist": plain, "translations": texts}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return exact.tidy(value)
    return value.isoformat() if isinstance(value, date) else value


def _json_number(value: object) -> float:
    """A Decimal of at most 15 digits is the same number as a double; see exact.py."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
