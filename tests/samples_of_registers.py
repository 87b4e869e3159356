"""An entry for each register, as people and programs send it; whoever adds a register adds its sample."""

from typing import Any

# Register → facts of one good entry, complete but for who looks after it.
SAMPLES: dict[str, dict[str, Any]] = {
    "risks": {
        "title": "It invents a clause",
        "likelihood": 3,
        "impact": 5,
        "mitigation": "Every clause is read by a lawyer.",
        "checkpoint": "Before the letter goes out.",
        "trend": "falling",
        "state": "open",
    },
    "integrations": {
        "system": "Contract archive",
        "direction": "in",
        "method": "api",
        "state": "building",
        "live_on": "2027-03-01",
        "hand_off": "Below 80% confidence a clerk decides.",
        "cost": "12000.00",
    },
    "data": {
        "name": "Scanned contracts",
        "refresh": "daily",
        "supply": "by_hand",
        "quality": "mended",
        "access": "extract",
        "governance": "The archive allows it for reading only.",
    },
    "debt": {
        "shortcut": "Exported by hand every Monday",
        "change_needed": "A job that fetches them every night.",
        "effort_days": "4.5",
        "cost": "3000.00",
        "pay_back_on": "2027-06-30",
    },
    "roles": {"role": "product_owner", "link": "https://example.com/runbooks/owner"},
    "waves": {
        "cohort": "Two teams in Malmö",
        "cap": 24,
        "planned_on": "2026-02-02",
        "actual_on": "2026-02-09",
        "users": 18,
        "trigger": "Handling time over seven minutes for two weeks.",
        "tried_on": "2026-02-20",
    },
    "lessons": {
        "title": "Clerks were asked too late",
        "advice": "Ask the people who do the work before you build.",
        "kind": "did_not",
        "area": "organisational",
        "published_on": "2026-10-01",
    },
    "procedures": {
        "kind": "incident",
        "title": "Who is called when it answers wrongly",
        "state": "in_place",
        "link": "https://example.com/runbooks/incident",
    },
    "change": {
        "kind": "training",
        "what": "Half a day with the trainers",
        "audience": "All 40 clerks in Malmö",
        "planned_on": "2026-02-02",
        "done_on": "2026-02-03",
        "outcome": "36 came.",
    },
    "options": {
        "name": "The module of the service desk",
        "approach": "off_the_shelf",
        "vendor": "Example Software",
        "model_name": "Example 3",
        "fit": "It drafts answers; amounts are still copied by hand.",
        "yearly_cost": "24000.00",
        "verdict": "chosen",
        "reason": "The cheapest that keeps data here.",
        "decided_on": "2026-02-02",
    },
}
