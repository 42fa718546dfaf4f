"""Every state that can be stored has a word, an icon and a colour, in both languages."""

from enum import StrEnum

import pytest

from app.accounts.permissions import Role
from app.audits.states import CaseState, FindingState, TeamRole
from app.certificates.lifecycle import PublicState
from app.remediation.rules import TaskState
from tests.templates.conftest import Render

STATES = [
    ("case_state", CaseState),
    ("finding_state", FindingState),
    ("task_state", TaskState),
    ("certificate_state", PublicState),
]


@pytest.mark.parametrize(("macro", "states"), STATES)
def test_every_state_has_a_word_and_an_icon(render: Render, language: str, macro: str, states: type[StrEnum]) -> None:
    shown = {render(f"{{{{ status.{macro}(value) }}}}", "status", value=s, language=language) for s in states}
    assert len(shown) == len(states), "two states look the same"
    assert all('<svg class="icon"' in tag and "aria-hidden" in tag for tag in shown)


@pytest.mark.parametrize("value", [*Role, *TeamRole, "system"])
def test_every_role_has_a_name(render: Render, language: str, value: str) -> None:
    name = render("{{ status.role(value) }}", "status", value=value, language=language)
    assert name
    assert "_" not in name


def test_a_grade_of_a_foreign_checklist_shows_its_own_title(render: Render) -> None:
    assert "Critical" in render('{{ status.finding_grade("critical", "Critical") }}', "status")
