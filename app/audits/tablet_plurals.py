"""The words of the app on tablets that carry a number: the forms for one, a few and many."""

from flask_babel import ngettext


def counted() -> dict[str, list[str]]:
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
        "findings": [ngettext("%(count)s finding", "%(count)s findings", n, count="{num}") for n in few],
        "people_count": [ngettext("%(count)s person", "%(count)s people", n, count="{num}") for n in few],
        "signature_count": [ngettext("%(count)s signature", "%(count)s signatures", n, count="{num}") for n in few],
        "lack_words": [
            ngettext(
                "The supplier’s word on %(count)s finding",
                "The supplier’s word on %(count)s findings",
                n,
                count="{num}",
            )
            for n in few
        ],
        "others": [
            ngettext("{name}: %(count)s unsent change", "{name}: %(count)s unsent changes", n, count="{num}")
            for n in few
        ],
        "loss_back": [
            ngettext("%(count)s change was put back.", "%(count)s changes were put back.", n, count="{num}")
            for n in few
        ],
        "loss_gone": [
            ngettext(
                "%(count)s unsent change is gone: answer it again.",
                "%(count)s unsent changes are gone: answer them again.",
                n,
                count="{num}",
            )
            for n in few
        ],
        "loss_photos": [
            ngettext(
                "%(count)s photo is gone: take it again.",
                "%(count)s photos are gone: take them again.",
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
