"""Fills the database with a made-up portfolio of any size."""

import argparse

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gates.demo.generate import Order, generate
from pilots.rules import RuleViolation

PILOTS_PER_PROGRAMME = 500


class Command(BaseCommand):
    help = "Make up a portfolio in bulk, the same for the same seed on the same day."

    def add_arguments(self, parser):
        parser.add_argument("--pilots", type=_number(1, 1_000_000), required=True, metavar="N")
        parser.add_argument("--seed", type=_number(0, 10**9), required=True, metavar="S")
        parser.add_argument(
            "--programmes",
            type=_number(1, 1_000),
            metavar="K",
            help=f"without it, one for every {PILOTS_PER_PROGRAMME} pilots",
        )
        parser.add_argument(
            "--readings",
            type=_number(0, 500),
            default=12,
            metavar="M",
            help="monthly readings of each of a pilot's two KPIs (12)",
        )

    def handle(self, *, pilots: int, seed: int, programmes: int | None, readings: int, **options) -> None:
        order = Order(
            pilots=pilots,
            seed=seed,
            programmes=programmes or -(-pilots // PILOTS_PER_PROGRAMME),
            readings=readings,
            today=timezone.localdate(),
        )
        try:
            generate(order, tell=lambda made: self._tell(made, pilots))
        except RuleViolation as violation:
            raise CommandError(str(violation)) from None
        programmes_made = "1 programme" if order.programmes == 1 else f"{order.programmes:,} programmes"
        self.stdout.write(f"{pilots:,} pilots in {programmes_made} (seed {seed}).")

    def _tell(self, made: int, pilots: int) -> None:
        self.stderr.write(f"\r{made:,} of {pilots:,} pilots", ending="\n" if made == pilots else "")
        self.stderr.flush()


def _number(least: int, most: int):
    """A reader of whole numbers from `least` to `most` for the command line."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {least:,} to {most:,}")
        return int(text)

    return read
