"""The words of the app on tablets, in one language: what its modules say, by short keys."""

import json
from functools import lru_cache
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.suppliers.names import LEGAL_FORMS, PRODUCT_KINDS


@lru_cache(maxsize=4)
def words_json(language: str) -> str:
    """Every word of the app as JSON: texts, and lists of plural forms (one, few, many)."""
    with force_locale(language):
        groups = (_home, _install, _update, _screen, _criterion, _sync, _refusals, _closing, _facts, _counted)
        words = {key: text for group in groups for key, text in group().items()}
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def _home() -> dict[str, str]:
    return {
        "home_title": _("Audits on this tablet"),
        "home_office": _("Back to the office pages"),
        "home_open": _("Open the audit"),
        "home_prepare": _("Prepare for offline"),
        "home_visit": _("visit on"),
        "home_none": _("There is no audit to fill in now"),
        "home_none_why": _("An audit appears here when its visit has been started on the page of the case."),
        "home_sign_in": _("Sign in once, with a network"),
        "home_sign_in_why": _("Then your audits appear here, and you can take them along."),
        "home_offline": _("No network"),
        "home_offline_why": _("No audit has been taken along on this tablet yet. Connect to a network to fetch one."),
        "kept_none": _("Not on this tablet"),
        "kept_opened": _("On this tablet, not ready for offline yet"),
        "ready": _("Ready for offline"),
        "received": _("Received by the server"),
        "step_fetch": _("Fetching the audit…"),
        "step_app": _("Checking that the whole app is on this tablet…"),
        "step_room": _("Checking the room for answers and photos…"),
        "obstacle_tab": _("Put the app on the home screen first."),
        "obstacle_old": _(
            "This app is too old to take audits along. Update it; what is on this tablet can still be sent."
        ),
        "obstacle_https": _("Work without a network needs a secure address (https). Please ask the office."),
        "obstacle_signin": _("Sign in first."),
        "obstacle_blocked": _("The server refuses this audit. Please ask the office."),
        "obstacle_network": _("The audit could not be fetched. Try again with a better connection."),
        "obstacle_app": _("The app is not on this tablet completely. Try again with a better connection."),
        "obstacle_room": _("There is too little room on this tablet. Delete something, then try again."),
        "obstacle_store": _("This browser does not let the app keep anything. Leave private browsing, then try again."),
    }


def _install() -> dict[str, str]:
    return {
        "install_title": _("First put the app on the home screen"),
        "install_why": _(
            "In a browser’s tab an iPad or iPhone may delete what has not been sent yet. "
            "An app on the home screen keeps it. That is why audits are filled in only there."
        ),
        "install_share": _("Tap “Share”: the square with an arrow that points up."),
        "install_add": _("Choose “Add to Home Screen”, then “Add”."),
        "install_open": _("Open BASE from the home screen and sign in there once."),
        "install_once": _("This is needed once for each tablet."),
        "install_offer": _("The app opens faster from the home screen, also without a network."),
        "install_now": _("Install the app"),
    }


def _update() -> dict[str, str]:
    return {
        "update_ready": _("A new version of the app is ready. Everything you wrote is sent."),
        "update_now": _("Update"),
        "skip": _("Skip to the questions"),
    }


def _screen() -> dict[str, str]:
    return {
        "areas": _("Areas"),
        "back": _("Back to the case"),
        "facts": _("Facts about the supplier"),
        "facts_lead": _("They decide which questions are asked. Correct what is different on site."),
        "finish": _("Finish the audit"),
        "previous": _("Previous section"),
        "next": _("Next section"),
        "done": _("{done} of {all}"),
        "open_none": _("Everything is answered"),
        "result": _("Result so far"),
        "total": _("Total"),
        "missing_for": _("Still missing for “{grade}”"),
        "reached": _("Reached: {grade}"),
        "nothing_yet": _("The result appears with the first answers."),
        "close": _("Close"),
        "read_only": _("You are reading. Only the audit team fills in this audit."),
        "closed": _("The audit is finished. Its answers no longer change."),
        "not_asked_here": _("Nothing in this section applies to this supplier."),
        "more": _("More"),
    }


def _criterion() -> dict[str, str]:
    return {
        "weight": _("weight {weight}"),
        "knockout": _("condition of the certificate"),
        "choose": _("Choose what you see on site."),
        "na": _("not applicable"),
        "na_reason": _("Why is it not applicable?"),
        "na_needed": _("Write the reason; the answer is saved with it."),
        "levels": _("What each level means"),
        "meets": _("meets the requirement"),
        "why": _("Why, what to look for, legal basis"),
        "why_title": _("Why it matters"),
        "look_for": _("What to look for"),
        "law": _("Legal basis"),
        "document": _("document"),
        "photo": _("photo"),
        "interview": _("interview"),
        "measurement": _("measurement"),
        "observation": _("observation"),
        "register": _("public register"),
        "add_photo": _("Photo"),
        "note": _("Auditor's note"),
        "note_label": _("Note on {criterion}"),
        "evidence_photo": _("Evidence needed: a photo"),
        "evidence_note": _("Evidence needed: a note of what you saw or heard"),
        "evidence_any": _("Evidence needed: a photo or a note"),
        "finding": _("Finding"),
        "raise": _("Grade of the finding"),
        "by_answer": _("{grade} (from the answer)"),
        "raise_why": _("Say in the note why you raise the grade."),
        "number": _("Value"),
        "delete_photo": _("Delete the photo"),
        "delete_photo_ask": _("Delete this photo?"),
        "photo_of": _("Photo {number} for {criterion}"),
        "photo_waiting": _("waiting"),
        "photo_sent": _("sent"),
        "photo_lost": _("did not arrive, take it again"),
        "photo_empty": _("The photo is empty. Take it again."),
        "photo_bad": _("This photo cannot be read. Take it again."),
        "photo_large": _("This photo is too large."),
    }


def _sync() -> dict[str, str]:
    return {
        "state_empty": _("no answer"),
        "state_saving": _("saving"),
        "state_device": _("on this tablet"),
        "state_sent": _("sent"),
        "state_conflict": _("two answers"),
        "state_rejected": _("not accepted"),
        "all_sent": _("All sent"),
        "sent_at": _("Sent {time}"),
        "offline_none": _("Offline"),
        "sign_in": _("Sign in"),
        "blocked": _("The server refuses this audit. Your answers stay on this tablet."),
        "not_saved": _("Not saved. Do not close this page."),
        "conflict_title": _("Two answers. Which one stands?"),
        "conflict_of": _("{name}, {time}"),
        "conflict_keep": _("Choose this one"),
        "you": _("You"),
        "no_value": _("no answer"),
        "discard": _("Put the saved answer back"),
        "load_failed": _("The audit could not be loaded."),
        "load_offline": _("No connection. The audit opens as soon as the network is back."),
        "load_again": _("Try again"),
    }


def _refusals() -> dict[str, str]:
    return {
        "code_bad_value": _("This value is not possible here."),
        "code_na_not_allowed": _("This question must be answered."),
        "code_reason_needed": _("“Not applicable” needs a reason."),
        "code_too_long": _("The text is too long."),
        "code_finding_not_allowed": _("This grade cannot be given here."),
        "code_closed": _("The audit is finished."),
        "code_other": _("The server did not accept this change."),
    }


def _closing() -> dict[str, str]:
    return {
        "finish_ready": _("Everything is answered and sent. After this the answers no longer change."),
        "finish_now": _("Finish now"),
        "finish_missing": _("Before you can finish"),
        "missing_unanswered": _("Without an answer"),
        "missing_without_evidence": _("Without evidence"),
        "missing_open_conflicts": _("Two answers, choose one"),
        "missing_grades": _("A raised finding needs a note"),
        "missing_unsent": _("Not sent yet"),
        "missing_photos": _("Photos that have not arrived"),
        "missing_stale": _("Changed on another tablet; look again"),
        "finished": _("The audit is finished."),
    }


def _facts() -> dict[str, str]:
    """Names of the facts that a checklist may ask for, and of their values."""
    values = {**LEGAL_FORMS, **PRODUCT_KINDS}
    return {
        "fact_products": _("What they make"),
        "fact_legal_form": _("Legal form"),
        **{f"fact_{value}": str(name) for value, name in values.items()},
    }


def _counted() -> dict[str, Any]:
    """Words with a number: the forms for one, a few and many; the screen puts the number in."""
    few = (1, 2, 5)
    return {
        "open_left": [
            ngettext("Next without an answer (%(count)s)", "Next without an answer (%(count)s)", n, count="{num}")
            for n in few
        ],
        "offline": [
            ngettext(
                "Offline · %(count)s change saved on this tablet",
                "Offline · %(count)s changes saved on this tablet",
                n,
                count="{num}",
            )
            for n in few
        ],
        "sending": [ngettext("Sending %(count)s change", "Sending %(count)s changes", n, count="{num}") for n in few],
        "sign_in_to_send": [
            ngettext("Sign in to send %(count)s change", "Sign in to send %(count)s changes", n, count="{num}")
            for n in few
        ],
        "conflicts": [
            ngettext("%(count)s question has two answers", "%(count)s questions have two answers", n, count="{num}")
            for n in few
        ],
        "waiting": [
            ngettext("%(count)s change not sent yet", "%(count)s changes not sent yet", n, count="{num}") for n in few
        ],
        "unsent": [ngettext("%(count)s change", "%(count)s changes", n, count="{num}") for n in few],
    }
