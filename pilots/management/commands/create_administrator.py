"""Make the first administrator: `manage.py create_administrator EMAIL NAME`."""

from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from pilots.actions.people import make_administrator
from pilots.rules import RuleViolation


class Command(BaseCommand):
    help = "Make an administrator, who makes everybody else's account in the browser."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--password", default="", help="asked for when not given")

    def handle(self, *args, **options):
        password = options["password"] or getpass("Password: ")
        try:
            validate_password(password)
            make_administrator(email=options["email"], name=options["name"], password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except RuleViolation as violation:
            raise CommandError(str(violation)) from violation
        self.stdout.write(f"{options['email']} may sign in as administrator.")
