"""The words of the app on tablets, in one language: what its modules say, by short keys."""

import json
from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _

from app.audits.tablet_plurals import counted
from app.suppliers.names import LEGAL_FORMS, PRODUCT_KINDS


@lru_cache(maxsize=4)
def words_json(language: str) -> str:
    """Every word of the app as JSON: texts, and lists of plural forms (one, few, many)."""
    with force_locale(language):
        groups = (
            _home,
            _install,
            _update,
            _screen,
            _criterion,
            _sync,
            _alarms,
            _centre,
            _leaving,
            _refusals,
            _closing,
            _meetings,
            _pictures,
            _facts,
            counted,
        )
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
        "why_coming": _("Fetching the explanations…"),
        "why_failed": _("The explanations could not be fetched. Try again with a better connection."),
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
        "photo_lost": _("Not on the server yet"),
        "photo_lost_why": _("Not on the server yet. Unless another tablet is sending it, do it once more."),
        "photo_empty": _("The photo is empty. Take it again."),
        "photo_bad": _("This photo cannot be read. Take it again."),
        "photo_large": _("This photo is too large: at most 15 MB."),
        "photo_full": _("The tablet is full, this photo is not saved. Send what waits, then take it again."),
        "photo_refused": _("not accepted, take it again"),
    }


def _sync() -> dict[str, str]:
    return {
        "state_empty": _("No answer"),
        "state_saving": _("Saving"),
        "state_device": _("On this tablet"),
        "state_sent": _("Sent"),
        "state_conflict": _("Two answers"),
        "state_rejected": _("Not accepted"),
        "all_sent": _("All sent"),
        "sent_at": _("All sent {time}"),
        "offline_none": _("Offline"),
        "sign_in": _("Sign in"),
        "blocked": _("The server refuses this audit. Your answers stay on this tablet."),
        "sending_of": _("Sending {done} of {all}"),
        "full": _("Tablet full: answers are saved, photos paused"),
        "stranger": _("Someone else is signed in. Sign in as {name}."),
        "store_failed": _("The store of this tablet does not open. Close the app completely and open it again."),
        "conflict_title": _("Two answers. Which one stands?"),
        "conflict_of": _("{name}, {time}"),
        "conflict_keep": _("Choose this one"),
        "conflict_mine": _("Mine"),
        "conflict_theirs": _("Theirs"),
        "conflict_new": _("Or give a new answer."),
        "you": _("You"),
        "no_value": _("no answer"),
        "discard": _("Put the saved answer back"),
        "load_failed": _("The audit could not be loaded."),
        "load_refused": _("There is no such audit, or it is not yours to see."),
        "load_offline": _("No connection. The audit opens as soon as the network is back."),
        "load_again": _("Try again"),
    }


def _alarms() -> dict[str, str]:
    return {
        "not_saved_title": _("NOT SAVED – do not close"),
        "not_saved_lead": _(
            "The store of this tablet does not answer. What you entered is still on the screen. Try again; "
            "if that does not help, keep the rescue file and close the app only then."
        ),
        "rescue_file": _("Keep a rescue file"),
        "rescue_parts": _("There are too many photos for one file. Keep each of these; their order does not matter."),
        "loss_title": _("The browser has emptied the store of this tablet"),
        "loss_lead": _("Answers that the server already has are safe."),
        "loss_do": _("Look through the audit before you leave. The office hears of it by itself."),
        "understood": _("I have read this"),
        "gap_title": _("A change did not arrive"),
        "photo_gone_title": _("A photo is missing"),
        "photo_gone": _("A photo for {criterion} did not come back from the camera. Take it again if you need it."),
        "photo_gone_show": _("Go to the question"),
    }


def _centre() -> dict[str, str]:
    """The list of what waits; ``field_…`` are the fields of an answer."""
    return {
        "centre": _("Waiting to be sent"),
        "centre_empty": _("Nothing is waiting. The server has everything."),
        "send_now": _("Send now"),
        "show_it": _("Show"),
        "others_title": _("Other people on this tablet"),
        "why_queue": _("is being sent"),
        "why_offline": _("no connection; sent by itself when the network is back"),
        "why_signin": _("waits until you sign in"),
        "why_stranger": _("waits until you sign in yourself"),
        "why_blocked": _("the server refuses this audit; kept on this tablet"),
        "gap": _("The server misses a change of this tablet. Keep a rescue file and tell the office."),
        "meeting": _("Meeting"),
        "field_score": _("answer"),
        "field_na": _("not applicable"),
        "field_comment": _("note"),
        "field_finding": _("grade of the finding"),
        "field_response": _("the supplier's word"),
        "field_photo": _("photo"),
        "field_attendees": _("people present"),
        "field_held_at": _("time"),
        "field_unsigned": _("why there are no signatures"),
        "code_too_large": _("The change is too large to be sent. Keep a rescue file."),
        "code_seq_reuse": _("The server has another change under this number. Keep a rescue file."),
        "code_op_reuse": _("The server has another change under this number. Keep a rescue file."),
        "finish_offline": _("No connection. The audit can be finished when the network is back."),
    }


def _leaving() -> dict[str, str]:
    return {
        "leave_title": _("Your work on this tablet is not sent yet"),
        "leave_lead": _("If you sign out now, nobody can send it before you sign in here again."),
        "sign_out": _("Sign out"),
        "leave_stay": _("Stay signed in"),
        "leave_keep": _("Sign out, keep it on this tablet"),
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
        "finish_unsigned": _("Collect signatures, or write why there are none."),
        "finish_changed": _("Ask for new signatures, or confirm that you finish without them."),
        "finish_confirm": _("I finish although something changed after a signature"),
        "lack_title": _("Not noted yet"),
        "lack_people": _("{meeting}: who was there"),
        "unsigned_title": _("Nobody has signed"),
    }


def _meetings() -> dict[str, str]:
    """The opening and the closing meeting, findings read out, signatures."""
    return {
        "meetings": _("Meetings"),
        "meeting:opening": _("Opening meeting"),
        "meeting:closing": _("Closing meeting"),
        "not_yet": _("not noted yet"),
        "to_questions": _("To the questions"),
        "people": _("Who is here"),
        "people_none": _("Nobody is noted yet."),
        "person_name": _("Full name"),
        "person_role": _("Position or role"),
        "person_add": _("Add"),
        "person_remove": _("Remove {name}"),
        "auditor": _("auditor"),
        "held_at": _("Date and time"),
        "hearing": _("Findings, read out one by one"),
        "hearing_none": _("There are no findings. Read out the result."),
        "heard": _("{done} of {all} findings with the supplier’s word"),
        "agree_rest": _("The supplier agrees with all others"),
        "agreed": _("Agrees"),
        "disputed": _("Disagrees"),
        "stand_of": _("The supplier’s word on {criterion}"),
        "supplier_words": _("The supplier’s words"),
        "print_findings": _("Print the list of findings"),
        "signatures": _("Signatures"),
        "signatures_lead": _("A signature means: this list of findings was read out. It does not mean agreement."),
        "sign": _("Sign"),
        "sign_title": _("Signature under the list of findings"),
        "sign_what": _("{supplier}: {findings}, with the answers, notes and photos as they stand now."),
        "sign_keep": _("Save the signature"),
        "sign_again": _("Sign again"),
        "signature_of": _("Signature: {name}"),
        "signature_remove": _("Delete the signature: {name}"),
        "signature_remove_ask": _("Delete this signature?"),
        "overtaken": _("Something changed after this signature. Ask for it again."),
        "unsigned": _("Why are there no signatures?"),
        "signer_needed": _("Write who signs."),
        "pad_label": _("Field for the signature: sign with a finger"),
        "pad_empty": _("Sign in the white field."),
        "pad_clear": _("Clear"),
        "undo": _("Undo"),
    }


def _pictures() -> dict[str, str]:
    """A photo shown large, and drawing on it."""
    return {
        "photo_open": _("{name}: show it large"),
        "photo_elsewhere": _("The whole photo is on the server. It opens when there is a network."),
        "mark_tools": _("Draw on the photo"),
        "mark_arrow": _("Arrow"),
        "mark_circle": _("Circle"),
        "mark_text": _("Text"),
        "mark_how": _(
            "Drag across the photo. On a keyboard: Enter puts a mark, arrow keys move it, + and − change its size."
        ),
        "mark_text_how": _("Write the text, then tap the photo where it belongs."),
        "mark_colors": _("Colour"),
        "color_red": _("red"),
        "color_yellow": _("yellow"),
        "color_white": _("white"),
        "color_black": _("black"),
        "marks_keep": _("Save on the photo"),
        "marks_lost": _("Close without saving what you drew?"),
    }


def _facts() -> dict[str, str]:
    """Names of the facts that a checklist may ask for, and of their values."""
    values = {**LEGAL_FORMS, **PRODUCT_KINDS}
    return {
        "fact_products": _("What they make"),
        "fact_legal_form": _("Legal form"),
        **{f"fact_{value}": str(name) for value, name in values.items()},
    }
