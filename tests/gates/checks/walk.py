"""A walk: what a check names as its fix is done through its page, and then the check passes."""

import re
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from gates.checks import CHECKS
from pilots.models import Pilot


def passes(name: str, pilot: Pilot) -> bool:
    """Whether this pilot passes the check today."""
    return not CHECKS[name](Pilot.objects.filter(pk=pilot.pk), timezone.localdate())


class Walker:
    """Somebody in a browser, on the page of a check's fix."""

    def __init__(self, client: Client, name: str, pilot: Pilot):
        self.client = client
        self.at = CHECKS[name].fix.address(pilot.key)
        self.page = self._open(self.at)

    def _open(self, address: str) -> str:
        answer = self.client.get(address, follow=True)
        assert answer.status_code == 200, address
        return answer.content.decode()

    def follow(self, address: str) -> None:
        """Take a link, or go where a form sends; it must stand on the page."""
        links = {urlsplit(link).path for link in re.findall(r'(?:href|action)="([^"]+)"', self.page)}
        assert address in links, f"{self.at} has no link to {address}"
        self.at, self.page = address, self._open(address)

    def send(self, body: dict) -> None:
        """Fill in the form of this page and send it; what is not told stays as the page has it."""
        answer = self.client.get(self.at)
        shown = next((context["form"] for context in answer.context or () if "form" in context), None)
        fields = {name: shown[name].value() for name in shown.fields} if shown else {}
        known = {name: value for name, value in fields.items() if value not in (None, "")}
        answer = self.client.post(self.at, known | body)
        assert answer.status_code == 302, answer.content.decode()
