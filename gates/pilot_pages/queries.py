"""What the first page of a pilot is made of."""

from datetime import date
from functools import lru_cache

from gates.feedback.queries import feedback_at
from gates.journey.queries import latest_events, open_scope, way_of, with_current_gate
from gates.signs.queries import warning_signs
from metrics.value.queries.card import with_money_card
from pilots.registers.risks import live_risks
from pilots.views.finding import pilots_shown


@lru_cache(maxsize=2)  # today's, and at midnight tomorrow's
def pilots_with_all(today: date):
    """Pilots, each with everything that its first page shows of it; whoever asks says whose."""
    pilots = with_current_gate(pilots_shown()).annotate(
        scope_cap=open_scope(),
        latest=latest_events(),
        warned=warning_signs(),
        risked=live_risks(),
        said=feedback_at("current__pk"),
        **way_of(),
    )
    return with_money_card(pilots.select_related("outlook"), today=today)
