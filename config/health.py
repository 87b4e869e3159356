"""Two questions of whoever watches the process: does it run, and can it do its work?"""

from collections.abc import Callable

from celery import current_app
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

BROKER_PATIENCE = 2  # seconds


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answers 200 as long as the process can answer at all; asks nothing of anybody else."""
    return JsonResponse({"status": "up"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answers 200 when database and broker answer, else 503 with the name of each that does not."""
    parts = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    ready = all(parts.values())
    words = {name: "answers" if answered else "does not answer" for name, answered in parts.items()}
    return JsonResponse({"status": "ready" if ready else "not ready", **words}, status=200 if ready else 503)


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception:  # whatever the driver raises, the answer is the same: it does not answer
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with current_app.connection_for_write(connect_timeout=BROKER_PATIENCE) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE)
        broker.default_channel.close()
