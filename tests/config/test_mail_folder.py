import os
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DEMO = True
    settings.MAIL_FOLDER = tmp_path / "mail"
    return settings.MAIL_FOLDER


_connections = []  # kept: the name of a file holds its connection's id, which another would be given again


def send(folder: Path, *subjects: str, body: str = "Dear reader", mtime: int = 0) -> None:
    """Send over one connection, as a batch does."""
    server = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(folder))
    _connections.append(server)
    before = set(folder.glob("*"))
    server.open()
    for subject in subjects:
        mail = EmailMultiAlternatives(subject, body, "Pilotage <p@localhost>", ["olga@example.com"])
        mail.attach_alternative("<p>hidden markup</p>", "text/html")
        server.send_messages([mail])
    server.close()
    (written,) = set(folder.glob("*")) - before
    os.utime(written, (mtime, mtime))


@pytest.mark.parametrize("address", ["/mail/", "/mail/some.log/1/"])
def test_outside_the_demo_there_is_no_mail_page(client, settings, address):
    settings.DEMO = False

    assert client.get(address).status_code == 404


def test_without_any_mail_the_page_says_so(client):
    assert "No mail yet" in client.get("/mail/").content.decode()


def test_mails_are_listed_newest_first(client, folder):
    send(folder, "Older one", mtime=1_000)
    send(folder, "First of a batch", "Last of a batch", mtime=2_000)

    mails = client.get("/mail/").context["mails"]
    assert [mail.subject for mail in mails] == ["Last of a batch", "First of a batch", "Older one"]
    assert mails[0].to == "olga@example.com"


def test_a_mail_is_shown_as_text_only(client, folder):
    send(folder, "Größe <script>", body="See <script>alert(1)</script> http://127.0.0.1:8000/pilots/\nEnd")
    listed = client.get("/mail/").context["mails"][0]

    page = client.get(f"/mail/{listed.file}/{listed.number}/").content.decode()
    assert "Größe &lt;script&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    assert 'href="http://127.0.0.1:8000/pilots/"' in page
    assert "hidden markup" not in page


@pytest.mark.parametrize(
    "address", ["/mail/absent.log/1/", "/mail/..%2Fsecret_key/1/", "/mail/secret_key/1/"]
)
def test_only_files_of_the_folder_are_shown(client, folder, address):
    send(folder, "One")
    (folder.parent / "secret_key").write_text("Subject: secret\n\nsecret")

    assert client.get(address).status_code == 404
