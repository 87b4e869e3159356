"""Reading the playbooks."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gates.models import PlaybookVersion
from gates.playbooks.queries import phases_of, playbooks


@login_required
@require_safe
def playbook_list(request):
    return render(request, "gates/playbooks.html", {"playbooks": playbooks()})


@login_required
@require_safe
def playbook_page(request, key, number):
    versions = PlaybookVersion.objects.select_related("playbook")
    version = get_object_or_404(versions, playbook__key=key, number=number)

    return render(request, "gates/playbook.html", {"version": version, "phases": phases_of(version)})
