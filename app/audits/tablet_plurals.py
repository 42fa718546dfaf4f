"""The words of the app on tablets that carry a number: the forms for one, a few and many."""

from collections.abc import Callable, Mapping

from flask_babel import ngettext

ONE_FEW_MANY = (1, 2, 5)
# The screen puts the number in.
COUNTED: Mapping[str, Callable[[int], str]] = {
    "open_left": lambda n: ngettext(
        "Next without an answer (%(count)s)", "Next without an answer (%(count)s)", n, count="{num}"
    ),
    "offline": lambda n: ngettext(
        "Offline · %(count)s change saved on this tablet",
        "Offline · %(count)s changes saved on this tablet",
        n,
        count="{num}",
    ),
    "findings": lambda n: ngettext("%(count)s finding", "%(count)s findings", n, count="{num}"),
    "people_count": lambda n: ngettext("%(count)s person", "%(count)s people", n, count="{num}"),
    "signature_count": lambda n: ngettext("%(count)s signature", "%(count)s signatures", n, count="{num}"),
    "lack_words": lambda n: ngettext(
        "The supplier’s word on %(count)s finding",
        "The supplier’s word on %(count)s findings",
        n,
        count="{num}",
    ),
    "others": lambda n: ngettext(
        "{name}: %(count)s unsent change", "{name}: %(count)s unsent changes", n, count="{num}"
    ),
    "loss_back": lambda n: ngettext(
        "%(count)s change was put back.", "%(count)s changes were put back.", n, count="{num}"
    ),
    "loss_gone": lambda n: ngettext(
        "%(count)s unsent change is gone: answer it again.",
        "%(count)s unsent changes are gone: answer them again.",
        n,
        count="{num}",
    ),
    "loss_photos": lambda n: ngettext(
        "%(count)s photo is gone: take it again.",
        "%(count)s photos are gone: take them again.",
        n,
        count="{num}",
    ),
    "sign_in_to_send": lambda n: ngettext(
        "Sign in to send %(count)s change", "Sign in to send %(count)s changes", n, count="{num}"
    ),
    "conflicts": lambda n: ngettext(
        "%(count)s question has two answers", "%(count)s questions have two answers", n, count="{num}"
    ),
    "waiting": lambda n: ngettext("%(count)s change not sent yet", "%(count)s changes not sent yet", n, count="{num}"),
    "unsent": lambda n: ngettext("%(count)s change", "%(count)s changes", n, count="{num}"),
}


def counted() -> dict[str, list[str]]:
    """By name, the forms for one, a few and many in the person's language."""
    return {name: [word(number) for number in ONE_FEW_MANY] for name, word in COUNTED.items()}
