"""Gate meetings."""

from tests.builders import days_ago
from tests.flows.doors.decisions import decision_body
from tests.flows.doors.door import SIGNED_IN, Door
from tests.flows.scene import Scene
from tests.roles import DECIDERS, HOLDERS


def of_planned(s: Scene):
    return {"pk": s.planned.pk}


def of_running(s: Scene):
    return {"pk": s.running.pk}


def of_selection(s: Scene):
    return {"pk": s.selection.pk}


def of_held(s: Scene):
    return {"pk": s.held.pk}


def of_planned_item(s: Scene):
    return of_planned(s) | {"item_pk": s.planned.items.get().pk}


def of_running_item(s: Scene):
    return of_running(s) | {"item_pk": s.running.items.get().pk}


def of_first_item(s: Scene):
    return of_running(s) | {"position": 1}


def meeting_body(_: Scene):
    when = {"day": days_ago(-7).isoformat(), "time": "14:00", "item_minutes": "15"}
    return when | {"title": "Gate board", "place": "Room 4"}


def call_body(s: Scene):
    return meeting_body(s) | {"gates": str(s.gate.pk), "into": "new"}


DOORS = (
    Door("gates:meetings", allowed=SIGNED_IN),
    Door("gates:meeting_call", "get", HOLDERS, hidden=403),
    Door("gates:meeting_call", "post", HOLDERS, body=call_body, status=302, hidden=403, is_form=True),
    Door(
        "gates:portfolio_select",
        "post",
        HOLDERS,
        body=lambda s: {"pilots": [s.pilot.pk]},
        status=302,
        hidden=403,
    ),
    Door("gates:meeting_add", "get", ("programme_manager",), of_selection, refused=404),
    Door(
        "gates:meeting_add",
        "post",
        ("programme_manager",),
        of_selection,
        lambda s: meeting_body(s) | {"into": "new"},
        302,
        refused=404,
        is_form=True,
    ),
    Door("gates:meeting", args=of_planned),
    Door("gates:meeting_edit", "get", HOLDERS, of_planned),
    Door("gates:meeting_edit", "post", HOLDERS, of_planned, meeting_body, 302, is_form=True),
    Door("gates:meeting_invitation", args=of_planned, is_page=False),
    Door("gates:meeting_invite", "get", HOLDERS, of_planned),
    Door("gates:meeting_invite", "post", HOLDERS, of_planned, status=302),
    Door("gates:meeting_cancel", "get", HOLDERS, of_planned),
    Door("gates:meeting_cancel", "post", HOLDERS, of_planned, status=302),
    Door("gates:meeting_start", "post", HOLDERS, of_planned, status=302),
    Door("gates:meeting_close", "post", HOLDERS, of_running, status=302),
    Door("gates:minutes_send", "get", HOLDERS, of_held),
    Door("gates:minutes_send", "post", HOLDERS, of_held, status=302),
    Door("gates:minutes_add", "post", HOLDERS, of_held, lambda s: {"text": "Ask legal."}, 302, is_form=True),
    Door("gates:meeting_follow", args=of_running, status=302, is_page=False),
    Door("gates:meeting_run", args=of_first_item),
    Door("gates:meeting_run", "post", DECIDERS, of_first_item, decision_body, 302, is_form=True),
    Door("gates:meeting_present", "post", HOLDERS, of_running, status=302),
    Door("gates:meeting_now", args=of_running, status=286, is_page=False),  # asked about no item of it
    Door("gates:meeting_attendance", "post", HOLDERS, of_running, lambda s: {"present": []}, 302),
    Door("gates:agenda_show", "post", HOLDERS, of_running_item, status=302),
    Door(
        "gates:agenda_vote",
        "post",
        DECIDERS,
        of_running_item,
        lambda s: {"outcome": "hold"},
        302,
    ),
    Door("gates:agenda_remark", "post", HOLDERS, of_running_item, lambda s: {"text": "Ask legal."}, 302),
    Door("gates:agenda_park", "post", HOLDERS, of_running_item, status=302),
    Door(
        "gates:agenda_topic", "post", HOLDERS, of_planned, lambda s: {"topic": "Any other"}, 302, is_form=True
    ),
    Door("gates:agenda_move", "post", HOLDERS, of_planned_item, lambda s: {"to": "up"}, 302),
    Door("gates:agenda_remove", "post", HOLDERS, of_planned_item, status=302),
)
