from django.core.management.base import BaseCommand, CommandError

from pilots.actions import audit
from pilots.models import Anchor, Pilot
from pilots.verifying import Findings, moment, verify


class Command(BaseCommand):
    help = (
        "Walks the chains of all events and says which event was changed, inserted or removed since it was "
        "written. Exit code 1 if any was."
    )

    def add_arguments(self, parser):
        parser.add_argument("--pilot", metavar="KEY", help="only the events of this pilot, such as PIL-014")
        parser.add_argument("--anchor", action="store_true", help="first write an anchor, as each night")

    def handle(self, *, pilot, anchor, **options):
        if pilot and anchor:
            raise CommandError("An anchor is of all pilots: leave out --pilot or --anchor.")
        if pilot:
            self._tell(verify(self._named(pilot)), until="")
            return
        if anchor:
            audit.anchor()
        found, row = audit.verify_all()
        self._tell(found, until=f", until {moment(row.at)}")

    def _named(self, key: str) -> Pilot:
        found = Pilot.objects.filter(key=key.upper()).first()
        if found is None:
            raise CommandError(f"There is no pilot {key}.")
        return found

    def _tell(self, found: Findings, *, until: str) -> None:
        counted = f"{found.events} events in {found.chains} chains"
        for problem in found.problems:
            self.stdout.write(problem)
        if found.waiting:
            self.stdout.write(f"{found.waiting} events were just written and wait for their seal.")
        if found.problem_count:
            more = found.problem_count - len(found.problems)
            told = f" {more} more are not listed." if more else ""
            raise CommandError(f"{found.problem_count} faults in {counted}{until}.{told}")
        self.stdout.write(f"{counted} verified{until}. Nothing was changed, inserted or removed.")
        last = Anchor.objects.order_by("-number").first()
        if last:
            self.stdout.write(f"Anchor {last.number} of {moment(last.at)}: {last.hash}")
