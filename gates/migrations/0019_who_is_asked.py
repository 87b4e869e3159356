"""Says of gates in review who is still asked to sign there.

Whether what was signed has changed since, the next recompute says; until then a signature stands.
"""

from django.db import migrations


def fill(apps, schema_editor):
    Gate, AskedSeat = apps.get_model("gates", "Gate"), apps.get_model("gates", "AskedSeat")
    in_review = Gate.objects.filter(status="submitted", pilot__archived_at=None)
    for gate in in_review.select_related("pilot__sponsor", "definition").order_by("pk").iterator():
        AskedSeat.objects.bulk_create(list(_asked_at(apps, gate)))


def _asked_at(apps, gate):
    AskedSeat = apps.get_model("gates", "AskedSeat")
    roles = {written["role"]: written.get("quorum", "any") for written in gate.definition.gatekeeper_roles}
    signed = {role: _signed(apps, gate, role) for role in roles}
    holders = {role: _holders(apps, gate, role) for role in roles}
    open_roles = [role for role in roles if not _reached(role, roles[role], holders[role], signed[role])]
    if len(roles) - len(open_roles) >= _needed(gate.definition.quorum, len(roles)):
        return
    for role in open_roles:
        for holder, signer in signed[role].items():
            yield AskedSeat(gate=gate, role=role, holder_id=holder, signed_by_id=signer)
        for holder in holders[role] - signed[role].keys():
            yield AskedSeat(gate=gate, role=role, holder_id=holder)
        if not holders[role] and role.casefold() != "sponsor":
            yield AskedSeat(gate=gate, role=role)


def _signed(apps, gate, role):
    """Whose seat → who signed in it."""
    found = {}
    for word in apps.get_model("gates", "SignOff").objects.filter(gate=gate, role__iexact=role).order_by("pk"):
        holder = word.on_behalf_of_id or word.person_id
        found.pop(holder, None)
        if word.kind == "signed" and gate.pilot.owner_id not in (holder, word.person_id):
            found[holder] = word.person_id
    return found


def _holders(apps, gate, role):
    pilot = gate.pilot
    if role.casefold() == "sponsor":
        people = {pilot.sponsor_id} if pilot.sponsor_id and pilot.sponsor.is_active else set()
    else:
        named = apps.get_model("gates", "Gatekeeper").objects.filter(programme=pilot.programme_id)
        active = named.filter(role__iexact=role, person__is_active=True)
        people = set(active.values_list("person", flat=True))
    return people - {pilot.owner_id}


def _reached(role, quorum, holders, signed):
    if role.casefold() == "sponsor" or quorum == "all":
        return bool(signed) and holders <= signed.keys()
    return len(set(signed.values())) >= (1 if quorum == "any" else int(quorum))


def _needed(quorum, count):
    return count if quorum == "all" else min(count, 1 if quorum == "any" else int(quorum))


class Migration(migrations.Migration):
    dependencies = [("gates", "0018_asked_seats")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
