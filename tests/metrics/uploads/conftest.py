"""Sending files of readings."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from metrics.models import ReadingFile
from tests.builders import make_kpi


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, "Handling time", unit="min")


@pytest.fixture
def client(client_of, olga):
    return client_of(olga)


@pytest.fixture
def send(client, kpi):
    """Sends a file for any KPIs, for the pilot or for the KPI; the answer."""

    def post(content: str | bytes, to: str = "upload", name: str = "readings.csv", **more):
        data = content.encode() if isinstance(content, str) else content
        args = {"upload": [], "upload_pilot": [kpi.pilot.key], "upload_kpi": [kpi.pilot.key, kpi.pk]}[to]
        body = {"file": SimpleUploadedFile(name, data)} | more
        return client.post(reverse(f"metrics:{to}", args=args), body)

    return post


@pytest.fixture
def sent(send):
    """The same; the file as it is kept."""

    def post(*args, **more) -> ReadingFile:
        answer = send(*args, **more)
        assert answer.status_code == 302, answer.content.decode()
        return ReadingFile.objects.latest("pk")

    return post


@pytest.fixture
def confirm(client):
    """Says that a file is to be recorded; the file after that."""

    def post(file: ReadingFile) -> ReadingFile:
        assert client.post(reverse("metrics:upload_file", args=[file.pk])).status_code == 302
        file.refresh_from_db()
        return file

    return post


def workbook(*rows, title: str = "Readings") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
