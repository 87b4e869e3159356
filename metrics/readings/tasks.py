"""The queue's door to judgements."""

from celery import shared_task

from metrics.models import Kpi
from metrics.readings.judging import judge_all


@shared_task
def judge_kpis() -> int:
    """Nightly: judge every followed KPI anew, so that what was written past the actions is judged too."""
    return judge_all(Kpi.objects.listed())
