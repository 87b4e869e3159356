"""The life of a draft: begun, written as a text, published, discarded. And retiring a playbook."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gates.playbooks import actions, drafting
from gates.playbooks.differences import differences
from gates.playbooks.editing import publishing_blockers
from gates.playbooks.forms import NewPlaybookForm, YamlForm
from gates.playbooks.queries import meaning_of, published_version, under_way
from gates.playbooks.schema import PlaybookError, parse
from gates.playbooks.views.finding import KNOWN_CHECKS, find_draft, find_playbook, find_version
from gates.playbooks.views.reading import upgrade_url
from pilots.permissions import Permission, require
from pilots.rules import RuleViolation

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def to_editor(draft):
    return redirect("gates:playbook_edit", draft.playbook.key, draft.number)


@login_required
@read_or_send
def create(request):
    require(request.user, Permission.EDIT_PLAYBOOK)

    form = NewPlaybookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return to_editor(drafting.blank_draft(by=request.user, **form.cleaned_data))
        except PlaybookError as error:
            form.complain(error)
        except RuleViolation as violation:
            form.add_error("key", violation.reasons)
    failed = bool(form.errors)
    context = {"form": form, "failed": failed}
    return render(request, "gates/playbook_new.html", context, status=422 if failed else 200)


@login_required
@read_or_send
def from_file(request):
    require(request.user, Permission.EDIT_PLAYBOOK)

    form = YamlForm(request.POST, request.FILES) if request.method == "POST" else YamlForm()
    if form.is_bound and form.is_valid():
        try:
            return to_editor(
                drafting.draft_from_text(source=form.source, known_checks=KNOWN_CHECKS, by=request.user)
            )
        except PlaybookError as error:
            form.refuse(error.messages)
        except RuleViolation as violation:
            form.refuse(violation.reasons)
    return _show_text(request, form)


def _show_text(request, form, draft=None, status=200, **context):
    failed = bool(form.errors)
    # Saving once more is meant to stand against what is there now.
    seen = (
        draft.digest if draft and status == 409 else request.POST.get("seen", draft.digest if draft else "")
    )
    context |= {"form": form, "failed": failed, "draft": draft, "seen": seen}
    return render(request, "gates/playbook_text.html", context, status=422 if failed else status)


@login_required
@require_POST
def copy(request, key, number):
    version = find_version(request, key, number)
    require(request.user, Permission.EDIT_PLAYBOOK)

    try:
        return to_editor(drafting.draft_from_version(version=version, by=request.user))
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
        return redirect("gates:playbook", key, number)


@login_required
@read_or_send
def text(request, key, number):
    draft = find_draft(request, key, number)

    initial = {"text": draft.source}
    if request.method != "POST":
        return _show_text(request, YamlForm(initial=initial), draft, problems=_unreadable(draft))
    form = YamlForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            drafting.write_draft(
                draft=draft,
                source=form.source,
                seen=request.POST.get("seen", ""),
                known_checks=KNOWN_CHECKS,
                by=request.user,
            )
        except drafting.EditedMeanwhile:
            form.show_source()
            return _show_text(request, form, draft, status=409, theirs=draft.source)
        except PlaybookError as error:
            form.refuse(error.messages)
        except RuleViolation as violation:
            form.refuse(violation.reasons)
        else:
            messages.success(request, "Saved.")
            return to_editor(draft)
    return _show_text(request, form, draft)


def _unreadable(draft):
    """Why the draft can no longer be edited but as a text; none: it can."""
    try:
        parse(draft.source, known_checks=KNOWN_CHECKS, unfinished=True)
    except PlaybookError as error:
        return error.messages
    return []


@login_required
@require_POST
def discard(request, key, number):
    draft = find_draft(request, key, number)

    try:
        drafting.discard_draft(draft=draft, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, f"The draft {draft} was discarded.")
    return redirect("gates:playbooks")


@login_required
@read_or_send
def publish(request, key, number):
    draft = find_draft(request, key, number)

    if request.method == "POST":
        try:
            version = actions.publish_draft(
                draft=draft, seen=request.POST.get("seen", ""), known_checks=KNOWN_CHECKS, by=request.user
            )
        except drafting.EditedMeanwhile as violation:
            return _confirm(request, draft, violation.reasons, 409)
        except RuleViolation as violation:
            return _confirm(request, draft, violation.reasons, 422)
        return _published(request, version)
    return _confirm(request, draft)


def _confirm(request, draft, refused=(), status=200):
    former, meaning = published_version(draft.playbook), meaning_of(draft)
    before = meaning_of(former) if former else None
    context = {
        "draft": draft,
        "seen": draft.digest,
        "former": former,
        "phases": differences(before, meaning) if before and meaning else None,
        "blockers": publishing_blockers(meaning) if meaning else _unreadable(draft),
        "under_way": under_way(draft.playbook),
        "refused": refused,
    }
    return render(request, "gates/playbook_publish.html", context, status=status)


def _published(request, version):
    messages.success(request, f"{version} is published. New pilots start on it.")
    others = sum(one.pilots for one in under_way(version.playbook) if one.version != version)
    upgrade = upgrade_url(request, version)
    return redirect(upgrade if others and upgrade else _address(version))


def _address(version):
    return reverse("gates:playbook", args=[version.playbook.key, version.number])


@login_required
@read_or_send
def retire(request, key):
    playbook = find_playbook(request, key)
    require(request.user, Permission.EDIT_PLAYBOOK)

    refused: list[str] = []
    if request.method == "POST":
        try:
            version = actions.retire_playbook(playbook=playbook, by=request.user)
        except RuleViolation as violation:
            refused = violation.reasons
        else:
            messages.success(request, f"{playbook} is retired. No new pilot can start on it.")
            return redirect(_address(version))
    context = {
        "playbook": playbook,
        "published": published_version(playbook),
        "under_way": under_way(playbook),
        "refused": refused,
    }
    return render(request, "gates/playbook_retire.html", context, status=422 if refused else 200)
