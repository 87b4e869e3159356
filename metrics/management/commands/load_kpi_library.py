"""Loads the KPI definitions that come with Pilotage."""

from django.core.management.base import BaseCommand

from metrics.definitions.actions import load_library


class Command(BaseCommand):
    help = "Add the shipped KPI definitions that were never loaded here. What is there is left as it is."

    def handle(self, *, verbosity: int, **options) -> None:
        added = load_library()
        if verbosity:
            names = ", ".join(map(str, added)) or "nothing new"
            self.stdout.write(f"KPI library: {names}.")
