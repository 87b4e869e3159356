"""The doors to accounts: an invitation goes out, and a mail server that is down loses nothing."""

import re

import pytest
from django.core import mail

from pilots.models import Event, User
from tests.builders import criterion, make_playbook, start

pytestmark = pytest.mark.django_db
NEW = {"name": "Nora New", "email": "nora@example.com", "role": "owner", "programme": ""}


def test_a_new_person_gets_an_invitation_whose_link_lets_a_password_be_chosen(client, ida):
    client.force_login(ida)

    assert client.post("/settings/people/new/", NEW).status_code == 302

    message = mail.outbox[0]
    assert (message.to, message.subject) == (["nora@example.com"], "Your account in Pilotage")
    assert "Ida Admin made an account for you" in message.body
    client.logout()
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "rose-hip-jam-9", "password2": "rose-hip-jam-9"})
    assert client.login(username="nora@example.com", email="nora@example.com", password="rose-hip-jam-9")


def test_with_the_mail_server_down_the_account_is_made_and_the_page_says_what_was_not(client, ida, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    client.force_login(ida)

    page = client.post("/settings/people/new/", NEW, follow=True)

    assert User.objects.filter(email="nora@example.com").exists()
    assert "The mail could not be sent just now." in page.content.decode()
    assert client.post("/accounts/password/reset/", {"email": "ida@example.com"}).status_code == 302


def test_a_person_who_left_blocks_the_gates_of_their_pilots_at_once(
    client, ida, olga, pilot, django_capture_on_commit_callbacks
):
    gate = start(pilot, make_playbook(criteria=[criterion("C1", check_name="accountable_owner")]))
    client.force_login(ida)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/settings/people/{olga.pk}/active/", {"active": "false", "reason": "No successor yet."})

    gate.refresh_from_db()
    assert gate.blocker_count == 1
    assert "Olga Owner owned it and has left" in gate.assessments.get().note
    assert Event.objects.filter(type="pilots.person_deactivated").count() == 1
