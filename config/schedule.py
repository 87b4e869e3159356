"""What happens when: clock → tasks. The organisation's time zone applies."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "start reactions the broker lost": {"task": "pilots.tasks.sweep_events", "schedule": 60.0},
    "seal events their process could not": {"task": "pilots.tasks.seal_events", "schedule": 60.0},
    "find jobs whose worker died": {"task": "pilots.tasks.sweep_jobs", "schedule": 60.0},
    "collect readings of KPIs": {"task": "metrics.collectors.tasks.collect_due", "schedule": 60.0},
    "refresh executive summaries": {"task": "gates.summary.tasks.refresh_stale_summaries", "schedule": 20.0},
    "find overdue gates": {
        "task": "gates.reminders.tasks.remind_overdue_gates",
        "schedule": crontab(minute="*/10"),
    },
    "step down lapsed decisions": {
        "task": "gates.decisions.tasks.step_down_lapsed_decisions",
        "schedule": crontab(minute="*/10"),
    },
    "freeze decision packs": {
        "task": "gates.packs.tasks.freeze_due_packs",
        "schedule": crontab(minute="*/10"),
    },
    "freeze decision packs for meetings": {
        "task": "gates.meetings.tasks.freeze_for_meetings",
        "schedule": crontab(minute="*/10"),
    },
    "compare pilots that never were": {
        "task": "gates.overlap.tasks.refresh_missing_overlaps",
        "schedule": 60.0,
    },
    "compare all pilots": {
        "task": "gates.overlap.tasks.refresh_all_overlaps",
        "schedule": crontab(hour=1, minute=30),
    },
    "judge KPIs": {"task": "metrics.readings.tasks.judge_kpis", "schedule": crontab(hour=2, minute=0)},
    "recompute readiness": {
        "task": "gates.journey.tasks.refresh_all_readiness",
        "schedule": crontab(hour=2, minute=15),
    },
    "find warning signs": {
        "task": "gates.signs.tasks.refresh_all_signs",
        "schedule": crontab(hour=2, minute=30),
    },
    "anchor and verify the audit log": {
        "task": "pilots.tasks.check_audit",
        "schedule": crontab(hour=3, minute=0),
    },
}
