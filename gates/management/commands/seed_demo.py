"""Makes the demo portfolio."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gates.choices import GateStatus
from gates.demo.people import accounts
from gates.demo.seed import seed
from gates.models import Decision, Evidence, Gate
from metrics.models import Measurement
from pilots.models import Pilot, Programme
from pilots.rules import RuleViolation


class Command(BaseCommand):
    help = "Make the demo: a small portfolio with a past, and one sign-in per role."

    def handle(self, *, verbosity: int, **options) -> None:
        try:
            is_new = seed(timezone.localdate())
        except RuleViolation as violation:
            raise CommandError(str(violation)) from None
        if not verbosity:
            return
        self.stdout.write(_made() if is_new else "The demo is here already; nothing was changed.")
        for account in accounts():
            self.stdout.write(f"  {account.role:<18} {account.email:<30} {account.password}")


def _made() -> str:
    today = timezone.localdate()
    late, asked = Gate.objects.overdue(today), Gate.objects.filter(status=GateStatus.SUBMITTED)
    return (
        f"Made {Pilot.objects.count()} pilots in {Programme.objects.count()} programmes with"
        f" {Measurement.objects.count()} measurements, {Evidence.objects.count()} pieces of evidence and"
        f" {Decision.objects.standing().count()} decisions; gates overdue: {late.count()}, waiting for a"
        f" decision: {asked.count()}."
    )
