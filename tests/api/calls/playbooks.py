"""Playbooks and their drafts."""

from tests.api.calls.call import Call
from tests.gates.playbooks.samples import SMALL
from tests.roles import MANAGERS

READS = (
    Call("show a playbook", "get", lambda w: f"playbooks/{w.playbook.pk}/", to_outsiders=200),
    Call("show a draft", "get", lambda w: f"playbooks/{w.draft.pk}/", MANAGERS, refused=404),
)
WRITES = (
    Call(
        "begin a draft",
        "post",
        lambda w: "playbooks/",
        MANAGERS,
        lambda w: {"yaml": SMALL.replace("key: small", "key: other")},
        status=201,
        to_outsiders=403,
    ),
    Call(
        "publish a draft",
        "post",
        lambda w: f"playbooks/{w.draft.pk}/publish/",
        MANAGERS,
        lambda w: {"digest": w.draft.digest},
        refused=404,
    ),
    Call(
        "discard a draft",
        "post",
        lambda w: f"playbooks/{w.draft.pk}/discard/",
        MANAGERS,
        status=204,
        refused=404,
    ),
)
