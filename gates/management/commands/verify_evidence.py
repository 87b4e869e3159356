"""`manage.py verify_evidence`: is every file of evidence still what it was when it was given?"""

from django.core.management.base import BaseCommand, CommandError

from gates.evidence.verifying import checked_files


class Command(BaseCommand):
    help = "Hash every file of evidence anew and name those that are missing or no longer what was given."

    def handle(self, *args, **options):
        checked, wrong = 0, 0
        for revision, problem in checked_files():
            checked += 1
            if problem:
                wrong += 1
                evidence = revision.evidence
                self.stdout.write(f"{evidence.pilot.key} “{evidence.title}” v{revision.number}: {problem}")
        if wrong:
            raise CommandError(f"{wrong} of {checked} files are not what was given.")
        self.stdout.write(f"All {checked} files are what was given.")
