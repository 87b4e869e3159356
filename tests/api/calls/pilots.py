"""Programmes, pilots, jobs and events."""

from tests.api.calls.call import Call
from tests.builders import days_ago
from tests.roles import AUDITORS, CREATORS, EDITORS, KEEPERS, MANAGERS

READS = (
    Call("list events", "get", lambda w: "events/", AUDITORS, to_outsiders=403),
    Call("show an event", "get", lambda w: f"events/{w.event.pk}/", AUDITORS, to_outsiders=403),
    Call("show a programme", "get", lambda w: f"programmes/{w.programme.slug}/"),
    Call("read the summary of a programme", "get", lambda w: f"summary/{w.programme.slug}/"),
    Call("show a pilot", "get", lambda w: f"pilots/{w.pilot.key}/"),
    Call("show a job", "get", lambda w: f"jobs/{w.job.pk}/", ("owner", "administrator"), refused=404),
)
# Everybody has their own.
OWN = (
    Call("list jobs", "get", lambda w: "jobs/", to_outsiders=200),
    Call("read the summary", "get", lambda w: "summary/", to_outsiders=200),
)
WRITES = (
    Call(
        "create a programme",
        "post",
        lambda w: "programmes/",
        MANAGERS,
        lambda w: {"name": "Back office"},
        status=201,
        to_outsiders=403,
    ),
    Call(
        "edit a programme",
        "patch",
        lambda w: f"programmes/{w.programme.slug}/",
        MANAGERS,
        lambda w: {"description": "Everything customers see."},
    ),
    Call(
        "create a pilot",
        "post",
        lambda w: "pilots/",
        CREATORS,
        lambda w: {"programme": w.programme.slug, "title": "Meeting notes"},
        status=201,
        to_outsiders=400,
    ),
    Call("edit a pilot", "patch", lambda w: f"pilots/{w.pilot.key}/", EDITORS, lambda w: {"unit": "Claims"}),
    Call(
        "cancel a job",
        "post",
        lambda w: f"jobs/{w.running_job.pk}/cancel/",
        ("owner", "administrator"),
        refused=404,
    ),
    Call(
        "try a job again",
        "post",
        lambda w: f"jobs/{w.job.pk}/retry/",
        ("owner", "administrator"),
        refused=404,
    ),
    Call("archive a pilot", "post", lambda w: f"pilots/{w.intake.key}/archive/", MANAGERS),
    Call("restore a pilot", "post", lambda w: f"pilots/{w.intake.key}/restore/", MANAGERS),
    Call(
        "start a pilot",
        "post",
        lambda w: f"pilots/{w.intake.key}/start/",
        KEEPERS,
        lambda w: {"playbook": w.playbook.playbook.key, "on": days_ago(7).isoformat()},
    ),
)
