"""Every event written so far gets its place in a chain, in the order they were written."""

from django.db import migrations

from pilots.chain import hash_of, name_of, said

CHUNK = 5_000


def seal(apps, schema_editor):
    Event, Seal, ChainHead = (apps.get_model("pilots", name) for name in ("Event", "Seal", "ChainHead"))
    heads = {}  # name → [id, sequence, hash]: one for each pilot
    after = 0
    while events := list(Event.objects.filter(pk__gt=after).order_by("pk")[:CHUNK]):
        after = events[-1].pk
        _make_heads(ChainHead, heads, {_chain(event) for event in events})
        Seal.objects.bulk_create([_sealed(Seal, heads[_chain(event)], event) for event in events])
    rows = [ChainHead(pk=pk, name=name, sequence=at, hash=tip) for name, (pk, at, tip) in heads.items()]
    ChainHead.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["sequence", "hash"],
        batch_size=CHUNK,
    )


def _chain(event):
    return name_of(pilot_id=event.pilot_id, programme_id=event.programme_id)


def _make_heads(ChainHead, heads, names):
    missing = sorted(names - heads.keys())
    ChainHead.objects.bulk_create([ChainHead(name=name) for name in missing])
    made = ChainHead.objects.filter(name__in=missing).values_list("name", "pk")
    heads.update({name: [pk, 0, ""] for name, pk in made})


def _sealed(Seal, head, event):
    chain, sequence, previous = head
    what = said(
        type=event.type,
        programme=event.programme_id,
        pilot=event.pilot_id,
        actor=event.actor_id,
        subject=event.subject,
        changes=event.changes,
        data=event.data,
        at=event.at,
        via=event.via,
        request_id=event.request_id,
        token=event.token,
    )
    digest = hash_of(what, sequence=sequence + 1, previous=previous)
    head[1:] = sequence + 1, digest
    return Seal(event_id=event.pk, chain_id=chain, sequence=sequence + 1, previous=previous, hash=digest)


class Migration(migrations.Migration):
    dependencies = [("pilots", "0002_audit")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
