"""The invented people of the demo: six who can sign in, one for each role, and their colleagues."""

from typing import NamedTuple

from pilots.choices import Role

PASSWORD = "pilotage-demo"  # noqa: S105 - meant to be known; the demo is never loaded beside real pilots


class Account(NamedTuple):
    """A demo sign-in. `role` is its label, for people."""

    role: str
    name: str
    email: str
    password: str


class Person(NamedTuple):
    """Someone of the demo. `key` is what the story calls them."""

    key: str
    name: str
    email: str
    role: Role


# These hold their role everywhere, so that they also see what is imported later.
SIGNING_IN = (
    Person("helena", "Helena Brandl", "helena.brandl@example.com", Role.PROGRAMME_MANAGER),
    Person("tomas", "Tomás Iglesias", "tomas.iglesias@example.com", Role.OWNER),
    Person("ruth", "Ruth Adeyemi", "ruth.adeyemi@example.com", Role.GATEKEEPER),
    Person("viktor", "Viktor Almgren", "viktor.almgren@example.com", Role.EXECUTIVE),
    Person("mei", "Mei Tanaka", "mei.tanaka@example.com", Role.AUDITOR),
    Person("jakub", "Jakub Wolski", "jakub.wolski@example.com", Role.ADMINISTRATOR),
)

# These hold one role in every programme in which the story uses them.
COLLEAGUES = (
    Person("amara", "Amara Nwosu", "amara.nwosu@example.org", Role.OWNER),
    Person("ingrid", "Ingrid Solheim", "ingrid.solheim@example.org", Role.OWNER),
    Person("paolo", "Paolo Ferretti", "paolo.ferretti@example.org", Role.OWNER),
    Person("sanne", "Sanne de Wit", "sanne.dewit@example.org", Role.OWNER),
    Person("dmitri", "Dmitri Popescu", "dmitri.popescu@example.org", Role.OWNER),
    Person("leila", "Leila Haddad", "leila.haddad@example.org", Role.OWNER),
    Person("niall", "Niall Byrne", "niall.byrne@example.org", Role.OWNER),
    Person("priya", "Priya Raman", "priya.raman@example.org", Role.OWNER),
    Person("stefan", "Stefan Gruber", "stefan.gruber@example.org", Role.OWNER),
    Person("camille", "Camille Roux", "camille.roux@example.org", Role.OWNER),
    Person("oskar", "Oskar Nyström", "oskar.nystrom@example.org", Role.GATEKEEPER),
    Person("beatriz", "Beatriz Carvalho", "beatriz.carvalho@example.org", Role.GATEKEEPER),
    Person("gareth", "Gareth Pugh", "gareth.pugh@example.org", Role.GATEKEEPER),
    Person("yuki", "Yuki Mori", "yuki.mori@example.org", Role.GATEKEEPER),
    Person("nadia", "Nadia Karim", "nadia.karim@example.org", Role.GATEKEEPER),
    Person("marta", "Marta Lindqvist", "marta.lindqvist@example.org", Role.GATEKEEPER),
    Person("katrin", "Katrin Bauer", "katrin.bauer@example.org", Role.GATEKEEPER),
    Person("emil", "Emil Sørensen", "emil.sorensen@example.org", Role.GATEKEEPER),
    Person("henrik", "Henrik Dahl", "henrik.dahl@example.org", Role.GATEKEEPER),
)


def accounts() -> list[Account]:
    """One sign-in per role."""
    return [Account(person.role.label, person.name, person.email, PASSWORD) for person in SIGNING_IN]
