"""One pilot, its playbook and everybody who may come by: what the life of a gate takes place in."""

from dataclasses import dataclass
from datetime import date

from gates.choices import Area, CriterionKind
from gates.models import Gatekeeper, PlaybookVersion
from metrics.models import Kpi
from pilots.choices import Role
from pilots.models import Pilot, Programme
from tests.builders import (
    PHASES,
    criterion,
    join,
    make_kpi,
    make_pilot,
    make_playbook,
    make_programme,
    make_user,
)

DAY = date(2026, 3, 2)  # a Monday

# Who may come by at any step, and with which role in the programme.
ROLES = {
    "olga": Role.OWNER,  # owns the pilot at first
    "oscar": Role.OWNER,
    "petra": Role.PROGRAMME_MANAGER,
    "ana": Role.GATEKEEPER,
    "leo": Role.GATEKEEPER,  # holds Risk too, and leaves now and then
    "sven": Role.GATEKEEPER,  # sponsors the pilot
    "erik": Role.EXECUTIVE,  # whom the playbook lets override
    "adam": Role.AUDITOR,
    "rita": Role.OWNER,  # no more than a member, but holds Risk
    "dora": Role.AUDITOR,  # stands in for others
}
OUTSIDE = "nils"  # nobody here
EVERYBODY = (*ROLES, OUTSIDE)

CRITERIA = (
    criterion("V1", weight=3),
    criterion("T1", area=Area.TECHNICAL, weight=2, validity_days=10, depends_on=["V1"]),
    criterion("O1", area=Area.ORGANISATIONAL, kind=CriterionKind.SHOULD_MEET),
    criterion("R1", area=Area.RISK, check_name="sponsor_named"),
    criterion("F1", area=Area.VALUE, kind=CriterionKind.SHOULD_MEET, check_name="business_kpis_measured"),
    criterion("X1", area=Area.RISK, kind=CriterionKind.KILL),
)
SAID = ("V1", "T1", "O1", "X1")  # what a person answers; the others a check does
KEYS = tuple(terms["key"] for terms in CRITERIA)


@dataclass(frozen=True)
class World:
    programme: Programme
    version: PlaybookVersion
    pilot: Pilot
    kpi: Kpi
    people: dict[str, int]  # name → id


def make_world() -> World:
    programme = make_programme("Customer service")
    people = {
        name: join(make_user(f"{name.capitalize()} Somebody", f"{name}@example.com"), programme, role)
        for name, role in ROLES.items()
    }
    people[OUTSIDE] = join(make_user("Nils Nobody", "nils@example.com"), make_programme(), Role.OWNER)
    people["ida"] = join(make_user("Ida Admin", "ida@example.com"), None, Role.ADMINISTRATOR)
    for name in ("rita", "leo"):
        Gatekeeper.objects.create(programme=programme, role="Risk", person=people[name])
    version = make_playbook(
        phases=PHASES[:2],
        criteria=CRITERIA,
        every_months=1,
        gatekeeper_roles=[
            {"role": "Sponsor"},
            {"role": "Risk", "areas": [Area.RISK, Area.TECHNICAL]},
        ],
        override_roles=[Role.EXECUTIVE],
    )
    pilot = make_pilot(programme, owner=people["olga"], sponsor=people["sven"])
    return World(programme, version, pilot, make_kpi(pilot), {name: one.pk for name, one in people.items()})
