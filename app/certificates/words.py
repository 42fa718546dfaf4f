"""The reasons of the rules and the codes of the register, as sentences in the reader's language."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.certificates.lifecycle import PublicReason
from app.certificates.rules import Ground, Reason
from app.formats import long_date

PUBLIC_REASONS: Mapping[PublicReason, Any] = {
    PublicReason.SURVEILLANCE_NOT_PASSED: _l("The surveillance audit was not passed"),
    PublicReason.REMEDIATION_NOT_DONE: _l("Agreed improvements were not made in time"),
    PublicReason.SERIOUS_FINDING: _l("A serious nonconformity was found"),
    PublicReason.MISUSE_OF_MARK: _l("The certificate or the BASE mark was misused"),
    PublicReason.HOLDER_REQUEST: _l("At the holder's request"),
    PublicReason.HOLDER_CEASED: _l("The holder no longer works"),
    PublicReason.GRANTED_IN_ERROR: _l("The certificate was granted by mistake"),
}


def public_reason(code: str) -> str:
    """A public reason as the register says it; empty for none."""
    return str(PUBLIC_REASONS[PublicReason(code)]) if code else ""


def sentences(reasons: Iterable[Reason]) -> list[str]:
    """One sentence per reason; the missing points of a grade each in a sentence of their own."""
    return [sentence for reason in reasons for sentence in _SAID[reason.ground](reason.parameters)]


def _named(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {"criterion": parameters["criterion"]}


def _audited(parameters: Mapping[str, Any]) -> list[str]:
    return [_("You audited this supplier on %(day)s, so you cannot decide.", day=long_date(parameters["on"]))]


def _advised(parameters: Mapping[str, Any]) -> list[str]:
    day = long_date(parameters["on"])
    return [_("You advised this supplier on %(day)s; two years must pass before you may decide.", day=day)]


def _incomplete(parameters: Mapping[str, Any]) -> list[str]:
    return [
        ngettext("%(num)d criterion has no answer yet.", "%(num)d criteria have no answer yet.", parameters["number"])
    ]


def _grade(parameters: Mapping[str, Any]) -> list[str]:
    found = [_("The result after improvements does not reach a grade that certifies.")]
    return found + list(parameters["missing"])


_SAID: Mapping[Ground, Callable[[Mapping[str, Any]], list[str]]] = {
    Ground.AUDITED: _audited,
    Ground.ADVISED: _advised,
    Ground.NO_AUDIT: lambda _p: [_("There was no audit yet.")],
    Ground.INCOMPLETE: _incomplete,
    Ground.CHECKLIST_CHANGED: lambda _p: [_("The checklist is no longer the one that the audit was done with.")],
    Ground.NOT_REVIEWED: lambda _p: [_("The file has not been reviewed yet.")],
    Ground.REVIEW_AGAINST: lambda _p: [_("The review recommends a refusal.")],
    Ground.NO_CONSENT: lambda _p: [_("The supplier has not agreed to the public register.")],
    Ground.BLOCKING: lambda p: [
        _("%(criterion)s: the finding blocks the certificate until it is verified.", **_named(p))
    ],
    Ground.OVERDUE: lambda p: [
        _("%(criterion)s: the deadline has passed, so the finding now blocks the certificate.", **_named(p))
    ],
    Ground.NO_PLAN: lambda p: [_("%(criterion)s: the plan has not been accepted yet.", **_named(p))],
    Ground.UNCHECKED: lambda p: [_("%(criterion)s: the evidence has not been checked yet.", **_named(p))],
    Ground.GRADE: _grade,
}
