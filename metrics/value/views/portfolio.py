"""What the whole portfolio costs and brings, on one page and as a file."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.value.queries.portfolio import (
    COLUMNS,
    SORTS,
    STATES,
    ValueChoice,
    by_sort,
    file_rows,
    pilots_chosen,
    row_of,
    sections,
    tops,
    values_of,
)
from metrics.value.rules import last_day_counted
from metrics.value.views.csv_file import csv_file
from pilots.audit_log import programmes_to_choose

PAGE_SIZE = 50


def _asked(request) -> ValueChoice:
    return ValueChoice(
        **{name: request.GET.get(name, "") for name in ("programme", "currency", "state", "sort")}
    )


@login_required
@require_safe
def portfolio(request):
    choice = _asked(request)

    today = timezone.localdate()
    values = values_of(pilots_chosen(request.user, choice), today=today)
    page = Paginator(by_sort(values, choice.sort), PAGE_SIZE).get_page(request.GET.get("page"))
    scale = tops(values)
    context = {
        "choice": choice,
        "sections": sections(values),
        "page": page,
        "rows": [row_of(one, scale[one.currency]) for one in page],
        "sorts": SORTS.items(),
        "states": STATES.items(),
        "programmes": programmes_to_choose(request.user),
        "today": today,
        "to_date": last_day_counted(today),
    }
    return render(request, "metrics/value_portfolio.html", context)


@login_required
@require_safe
def portfolio_csv(request):
    choice = _asked(request)

    today = timezone.localdate()
    values = values_of(pilots_chosen(request.user, choice), today=today)
    narrowed = [(name, text) for name, text in vars(choice).items() if text]
    facts = [
        ("Value of all pilots", "no sum over several currencies"),
        ("As of", today.isoformat()),
        ("To date", f"to {last_day_counted(today)}: a month counts once it has ended"),
        *narrowed,
    ]
    return csv_file(f"value-{today}.csv", facts, COLUMNS, file_rows(by_sort(values, choice.sort)))
