"""Reading playbooks: the list, a version, its file, the difference of two versions."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from gates.choices import VersionStatus
from gates.models import PlaybookVersion
from gates.playbooks.differences import differences
from gates.playbooks.forms import CompareForm
from gates.playbooks.queries import meaning_of, phases_of, playbooks, under_way
from gates.playbooks.views.finding import find_playbook, find_version, may_edit
from pilots.permissions import Permission, allows, granted


@login_required
@require_safe
def playbook_list(request):
    found = playbooks(drafts=may_edit(request))
    return render(request, "gates/playbooks.html", {"playbooks": found, "may": granted(request.user)})


@login_required
@require_safe
def playbook_page(request, key, number):
    version = find_version(request, key, number)
    if version.is_draft:
        return redirect("gates:playbook_edit", key, number)

    versions = list(find_playbook(request, key).versions.all())
    going = under_way(version.playbook)
    elsewhere = any(one.version != version for one in going)
    context = {
        "version": version,
        "phases": phases_of(version),
        "versions": versions,
        "draft": next((one for one in versions if one.is_draft), None),
        "under_way": going,
        "upgrade_url": upgrade_url(request, version) if elsewhere else "",
        "may": granted(request.user),
    }
    return render(request, "gates/playbook.html", context)


def upgrade_url(request, version: PlaybookVersion) -> str:
    """Where pilots are moved to this version; "" where nobody can, or this person may not."""
    if version.status != VersionStatus.PUBLISHED or not allows(request.user, Permission.UPGRADE_PILOTS):
        return ""
    try:
        return reverse("gates:upgrade", args=[version.playbook.key, version.number])
    except NoReverseMatch:
        return ""


@login_required
@require_safe
def playbook_file(request, key, number):
    version = find_version(request, key, number)

    name = f"{version.playbook.key}-v{version.number}.yaml"
    answer = HttpResponse(version.source, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@login_required
@require_safe
def compare(request, key):
    playbook = find_playbook(request, key)

    versions = list(playbook.versions.all())
    asked = {"old": request.GET.get("from"), "new": request.GET.get("to")}
    old, new = _chosen(versions, asked["old"]), _chosen(versions, asked["new"])
    if old is None or new is None:
        new = new or versions[0]
        old = old or next((one for one in versions if one.number < new.number), versions[-1])
    context = compared(old, new) | {
        "playbook": playbook,
        "form": CompareForm(initial={"old": old.number, "new": new.number}, versions=versions),
        "draft": None,
    }
    return render(request, "gates/playbook_diff.html", context)


def _chosen(versions: list[PlaybookVersion], number: str | None) -> PlaybookVersion | None:
    return next((version for version in versions if str(version.number) == number), None)


def compared(old: PlaybookVersion, new: PlaybookVersion) -> dict:
    """What the list of differences needs; `phases` is None where a text cannot be read any more."""
    before, after = meaning_of(old), meaning_of(new)
    return {"old": old, "new": new, "phases": differences(before, after) if before and after else None}
