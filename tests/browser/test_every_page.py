"""Every page there is, and its unusual states: shuts nobody out, fits, and breaks none of its own rules."""

import pytest
from django.urls import reverse

from gates.models import SignSpell
from gates.signs.actions import refresh_signs
from gates.signs.table import SIGNS
from metrics.models import Kpi
from pilots import clock
from pilots.models import Pilot
from pilots.registers.table import REGISTERS
from tests.browser.looks import faults, report, sideways
from tests.builders import make_entry
from tests.flows.doors import PAGES, SIGNED_IN, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GROUPS = ("pilots:", "metrics:", "gates:", "")


def _group(door: Door) -> str:
    return next(group for group in GROUPS if door.name.startswith(group))


def reader(door: Door) -> str | None:
    """Who sees most on this page, of those who may open it."""
    wanted = ("programme_manager", "administrator", "owner", "gatekeeper")
    return next((part for part in wanted if part in door.allowed), None)


class Browser:
    """One page per person, kept from address to address."""

    def __init__(self, opened, scene):
        self.opened, self.scene, self.pages = opened, scene, {}

    def of(self, part: str | None):
        if part not in self.pages:
            self.pages[part] = self.opened(self.scene.people[part] if part else None)
        return self.pages[part]


@pytest.fixture
def pages(opened, scene):
    return Browser(opened, scene)


@pytest.mark.parametrize("group", GROUPS)
def test_every_page_in_every_look(group, scene, pages):
    found = {}
    for door in (door for door in PAGES if _group(door) == group):
        page = pages.of(reader(door))
        answer = page.goto(door.url(scene))
        found[str(door)] = faults(page) if answer.ok else [f"answers {answer.status}"]

    assert not report(found), report(found)


def test_states_of_pilots_and_gates(scene, pages):
    page = pages.of("programme_manager")
    kpi = Kpi.objects.get(name="Wrong totals")
    decided = scene.conditional.gates.order_by("pk").first()
    found = {}
    for address in (
        reverse("gates:overview", args=[scene.intake.key]),
        reverse("gates:overview", args=[scene.archived.key]),
        reverse("gates:overview", args=[scene.stopped.key]),
        reverse("gates:current_gate", args=[scene.waiting.key]),
        reverse("gates:gate", args=[decided.pilot.key, decided.definition.key]),
        reverse("gates:gate", args=[scene.pilot.key, "G3"]),
        reverse("gates:decisions", args=[scene.conditional.key]),
        reverse("gates:decisions", args=[scene.stopped.key]),
        reverse("metrics:kpi", args=[scene.pilot.key, kpi.pk]),
        reverse("gates:portfolio") + "?overdue=true&blocked=true&q=Invoice&sort=-ready",
        reverse("gates:portfolio") + "?q=nothing-is-called-that",
    ):
        assert page.goto(address).ok, address
        found[address] = faults(page)

    assert not report(found), report(found)


def test_states_of_signs_and_registers(scene, pages):
    page = pages.of("programme_manager")
    key = scene.pilot.key
    refresh_signs(Pilot.objects.values_list("pk", flat=True), today=clock.today())
    found = {}
    for address in (
        reverse("gates:signs") + "?by=programme",
        reverse("gates:signs") + "?view=pilots",
        reverse("gates:signs") + "?view=pilots&q=nothing-is-called-that",
        reverse("gates:signs") + "?q=nothing-is-called-that",
        reverse("gates:pilot_signs", args=[key]),
        reverse("gates:portfolio") + "?sign=no_sponsor",
        *(reverse("pilots:register", args=[key, register]) for register in REGISTERS),
        *(reverse("pilots:register_all", args=[register]) for register in REGISTERS),
        reverse("pilots:register_all", args=["risks"]) + "?q=nothing-is-called-that",
        reverse("gates:all_overlaps") + "?q=nothing-is-called-that",
    ):
        assert page.goto(address).ok, address
        found[address] = faults(page)

    assert not report(found), report(found)


def test_registers_fit_between_phone_and_desk(scene, pages):
    facts = {
        "data": {
            "name": "Correspondence archive",
            "refresh": "continuous",
            "quality": "mended",
            "access": "none",
        },
        "waves": {"cohort": "Correspondence teams", "owner": scene.pilot.owner, "review_on": clock.today()},
        "risks": {"title": "Misunderstandings", "likelihood": 5, "mitigation": "Documentation"},
        "lessons": {"title": "Misunderstandings", "area": "organisational", "published_on": None},
    }
    page = pages.of("programme_manager")
    found = []
    for register, said in facts.items():
        make_entry(scene.pilot, register, **said)
        assert page.goto(reverse("pilots:register_all", args=[register])).ok
        found += [f"{register} {line}" for width in (720, 1024) for line in sideways(page, width)]

    assert found == []


def test_a_pilot_that_shows_every_sign_does_not_widen_the_page(scene, pages):
    spells = [SignSpell(pilot=scene.pilot, sign=sign, since=clock.today(), reason="So.") for sign in SIGNS]
    SignSpell.objects.all().delete()
    SignSpell.objects.bulk_create(spells)
    page = pages.of("programme_manager")

    assert page.goto(reverse("gates:signs") + "?view=pilots").ok
    assert page.locator("thead th.square").count() == len(SIGNS)
    assert [line for width in (1440, 1024, 390) for line in sideways(page, width)] == []


def test_pages_of_those_who_see_nothing_and_pages_that_are_not_there(scene, pages):
    page = pages.of("stranger")
    found = {}
    for name in (
        "gates:portfolio",
        "gates:summary",
        "pilots:programmes",
        "metrics:all_kpis",
        "gates:all_decisions",
        "gates:signs",
        "gates:all_overlaps",
        "gates:own_handover",
        "pilots:all_registers",
    ):
        assert page.goto(reverse(name)).ok
        found[name] = faults(page)
    assert page.goto("/pilots/PIL-987654/").status == 404
    found["404"] = faults(page)
    assert page.goto(reverse("pilots:people")).status == 403
    found["403"] = faults(page)

    assert not report(found), report(found)


def test_what_opens_and_what_fails_on_a_page(scene, pages):
    page = pages.of("programme_manager")
    gate = reverse("gates:gate", args=[scene.pilot.key, scene.gate.definition.key])
    found = {}
    page.goto(gate)
    for key in ("V1", "V2", "T1"):
        page.click(f"#c-{key} .criterion-title")
        page.wait_for_selector(f"#c-{key} .criterion-detail")
    page.click("#c-T1 summary")
    page.click("#c-T1 button:has-text('Add evidence')")
    page.wait_for_selector("#c-T1 .error-summary")
    found["criteria opened, evidence refused"] = faults(page)
    page.goto(reverse("gates:portfolio"))
    page.click("summary:has-text('Phase')")
    found["filter menu"] = faults(page)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    found["shortcuts"] = faults(page)
    for name, door in {
        "new pilot": reverse("pilots:create"),
        "new KPI": reverse("metrics:create", args=[scene.pilot.key]),
        "new programme": reverse("pilots:programme_create"),
        "measurement": reverse("metrics:kpi", args=[scene.pilot.key, scene.kpi.pk]),
        "token": reverse("pilots:tokens"),
        "member": reverse("pilots:programme", args=[scene.programme.slug]),
    }.items():
        page.goto(door)
        page.click("main form:not([role=search]) button.primary")
        page.wait_for_selector(".error-summary")
        found[name] = faults(page)
    page = pages.of("gatekeeper")
    page.goto(reverse("gates:decide", args=[scene.pilot.key, scene.gate.definition.key]))
    page.click("text=Continue")
    page.wait_for_selector(".error-summary")
    found["decision"] = faults(page)

    assert not report(found), report(found)


def test_every_part_of_the_table_has_somebody_to_look(scene):
    assert {reader(door) for door in PAGES} <= {*SIGNED_IN, None}
