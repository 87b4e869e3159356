"""Every form of the browser, filled in wrongly in every way its fields allow."""

from collections.abc import Iterator
from html import escape

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.world import nothing_written, rows_there
from tests.flows.doors import FORMS, PAGES, Door
from tests.flows.scene import Scene

# Forms, not databases, are the subject.
pytestmark = pytest.mark.either

HUGE = "9" * 60
WRONG_DAYS = ("31.02.2026", "2026-02-30", "soon", "99999-01-01", "0026-02-28", "9026-02-28")
WRONG_NUMBERS = ("many", "NaN", "Infinity", "1e400", HUGE)
HOSTILE = "<script>alert('x')</script>"
FITTING = {"link", "url", "path", "time_path", "unit", "entry"}  # what must fit more than a length
OURS = [door for door in FORMS if not door.name.startswith("account_")]


def wrong_values(field: forms.Field) -> Iterator[str]:
    """What this field must not take."""
    if field.required:
        yield ""
    if isinstance(field, forms.DateField):
        yield from WRONG_DAYS
    elif isinstance(field, forms.DecimalField | forms.IntegerField):
        yield from WRONG_NUMBERS
    elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        yield from ("no-such-choice", HUGE, "a\0b", HOSTILE)
    elif isinstance(field, forms.EmailField):
        yield from ("nobody", HOSTILE, "a\0b@example.com", "a" * 400 + "@example.com")
    elif isinstance(field, forms.CharField):
        yield from ("a\0b", "x" * ((field.max_length or 1_000_000) + 1))


def form_of(answer, door: Door) -> forms.BaseForm:
    """The form that the page shows; a page with two shows that of evidence as the second."""
    name = "evidence_form" if door.name == "gates:evidence_add" else "form"
    start = answer.context.get("start_form") if door.name == "gates:start" else None
    return start or answer.context[name]


def client_for(door: Door, scene: Scene) -> Client:
    client = Client()
    part = next(p for p in ("programme_manager", "administrator", "gatekeeper", "owner") if p in door.allowed)
    client.force_login(scene.people[part])
    return client


def fields_of(door: Door, scene: Scene) -> dict[str, forms.Field]:
    """The fields of the form behind a door, found by sending it nothing."""
    answer = client_for(door, scene).post(door.url(scene), {"outcome": "no-such"})
    assert answer.status_code == 422
    return form_of(answer, door).fields


@pytest.mark.parametrize("door", OURS, ids=str)
def test_what_cannot_be_is_said_at_the_field_kept_and_not_written(door: Door, scene: Scene):
    fields, client = fields_of(door, scene), client_for(door, scene)
    body, faults = door.body(scene), []

    def send(changes: dict[str, str]) -> dict[str, list[str]]:
        """What the answer lacks, by field."""
        answer = client.post(door.url(scene), body | changes)
        return {name: list(unsaid(answer, door, name, changes)) for name in changes}

    with nothing_written():
        for changes in all_at_once(fields):
            for name, found in send(changes).items():
                # What only rules refuse is not said while another field is wrong.
                found = found and send({name: changes[name]})[name]
                faults += [f"{name}={changes[name][:30]!r}: {fault}" for fault in found]
        for name, changes in one_by_one(fields):
            answer = client.post(door.url(scene), body | changes)
            if answer.status_code == 422 and not kept(answer, door, body, besides=name):
                faults.append(f"{name}: forgets what was typed in the other fields")

    assert not faults, "\n".join(faults)


def all_at_once(fields: dict[str, forms.Field]) -> Iterator[dict[str, str]]:
    """Every wrong value of every field, as few times as that can be sent."""
    values = {name: list(wrong_values(field)) for name, field in fields.items()}
    for number in range(max(map(len, values.values()), default=0)):
        yield {name: wrong[number] for name, wrong in values.items() if number < len(wrong)}


def one_by_one(fields: dict[str, forms.Field]) -> Iterator[tuple[str, dict[str, str]]]:
    """The first and the last field that can be wrong, alone: each other is right in one of the two."""
    wrong = [(name, next(wrong_values(field), None)) for name, field in fields.items()]
    named = [(name, {name: value}) for name, value in wrong if value is not None]
    yield from (named[:1] + named[1:][-1:])


def unsaid(answer, door: Door, name: str, changes: dict[str, str]) -> Iterator[str]:
    """What the answer to wrong values lacks of this field."""
    if answer.status_code != 422:
        yield f"answers {answer.status_code}"
        return
    form, page = form_of(answer, door), answer.content.decode()
    if name not in form.errors:
        yield f"says nothing at the field: {form.errors}"
        return
    sentence, wrong = form.errors[name][0], changes[name]
    same = [other for other in changes if other in form.errors and form.errors[other][0] == sentence]
    if not (sentence.endswith(".") and page.count(escape(sentence)) >= 2 * len(same)):
        yield f"does not say {sentence!r} both above the form and at the field"
    if "There is a problem" not in page or "<title>Error: " not in page:
        yield "has no summary or no “Error:” in its title"
    if HOSTILE in page:
        yield "writes into the page what was typed, unescaped"
    typed = [other for other in changes if changes[other] == wrong and is_typed(form.fields[other])]
    if name in typed and "\0" not in wrong and page.count(escape(wrong)) < len(typed):
        yield "forgets what was typed"


def is_typed(field: forms.Field) -> bool:
    """Whether a page shows it again; never a secret."""
    is_secret = isinstance(field.widget, forms.PasswordInput)
    return not is_secret and not isinstance(
        field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField
    )


def kept(answer, door: Door, body: dict, *, besides: str) -> bool:
    form, page = form_of(answer, door), answer.content.decode()
    others = {name: field for name, field in form.fields.items() if name in body and name != besides}
    secrets = [name for name, field in others.items() if isinstance(field.widget, forms.PasswordInput)]
    typed = [str(body[name]) for name in others if name not in secrets]
    return all(escape(value) in page for value in typed) and not any(
        body[name] and body[name] in page for name in secrets
    )


@pytest.mark.parametrize("door", OURS, ids=str)
def test_what_people_type_never_becomes_part_of_the_page(door: Door, scene: Scene):
    fields, client = fields_of(door, scene), client_for(door, scene)
    hostile = {
        name: HOSTILE
        for name, field in fields.items()
        if type(field) is forms.CharField
        and name not in FITTING
        and name in door.body(scene)
        and (field.max_length or len(HOSTILE)) >= len(HOSTILE)
    }

    answer = client.post(door.url(scene), door.body(scene) | hostile, follow=True)

    assert answer.status_code == 200
    for page in (answer, client.get(f"/pilots/{scene.pilot.key}/"), client.get("/pilots/")):
        assert HOSTILE not in page.content.decode()


def test_a_wrong_file_is_refused_with_its_reason(scene: Scene, settings):
    settings.EVIDENCE_MAX_BYTES = 1000
    door = next(door for door in FORMS if door.name == "gates:evidence_add")
    client, body = client_for(door, scene), door.body(scene)

    for name, content, reason in (("big.pdf", b"x" * 2000, "limit"), ("empty.pdf", b"", "empty")):
        with nothing_written():
            answer = client.post(door.url(scene), body | {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert reason in form_of(answer, door).errors["file"][0]
        assert "https://example.com/plan" in answer.content.decode()


@pytest.mark.parametrize("query", ["%00", "no-such-thing", HUGE, "-1", "%FF%FE", "%3Cscript%3E"])
def test_an_address_that_makes_no_sense_is_answered_all_the_same(query: str, scene: Scene):
    names = "q page sort phase programme owner health state due blocker value overdue blocked submitted"
    names += (
        " production archived attempt show must before type kind outcome since closed pilot person via until layout"
        " currency definition selection look at like month started from to closed"
    )
    asked = "&".join(f"{name}={query}" for name in names.split())
    client = Client()
    client.force_login(scene.people["administrator"])
    manager = Client()
    manager.force_login(scene.people["programme_manager"])
    answers = {}
    for door in PAGES:
        if not door.name.startswith("account_"):
            reader = manager if "programme_manager" in door.allowed else client
            answers[str(door)] = reader.get(f"{door.url(scene)}?{asked}").status_code

    assert {name: status for name, status in answers.items() if status not in (200, 403, 404)} == {}


TWICE = [door for door in OURS if door.name not in ("pilots:edit", "metrics:edit", "pilots:programme_edit")]


@pytest.mark.parametrize("door", TWICE, ids=str)
def test_a_form_sent_twice_makes_one_record(door: Door, scene: Scene):
    client = client_for(door, scene)
    door.by(client, scene)
    once = rows_there()

    answer = door.by(client, scene)

    assert answer.status_code in (200, 302, 403, 422)
    assert rows_there() == once
