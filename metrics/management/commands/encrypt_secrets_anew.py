"""Encrypts the secrets of other systems with the first of SECRETS_KEYS, so that older keys can be taken away."""

from django.core.management.base import BaseCommand, CommandError

from metrics.collectors.actions.secrets import encrypt_secrets_anew


class Command(BaseCommand):
    help = "Encrypt the secrets of collectors with the first of SECRETS_KEYS. Safe to run again."

    def handle(self, **options):
        done, lost = encrypt_secrets_anew()
        self.stdout.write(
            f"{done} {'secret is' if done == 1 else 'secrets are'} encrypted with the first key."
        )
        if lost:
            named = "; ".join(f"{one.kpi} of {one.kpi.pilot.key}" for one in lost)
            raise CommandError(
                f"{len(lost)} cannot be read with any of SECRETS_KEYS: {named}. "
                "Put the key back that they were encrypted with, or enter these secrets again."
            )
