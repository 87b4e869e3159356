"""What somebody picked from a list, as it was picked: a bulk action acts on exactly that."""

from django.conf import settings
from django.db import models


class SelectionQuerySet(models.QuerySet):
    def of(self, user):
        """Only one's own; nobody else's exist."""
        return self.filter(by=user) if user.is_authenticated else self.none()


class Selection(models.Model):
    """Pilots picked from the portfolio. Whatever its filter finds later, these stay the ones."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    pilots = models.JSONField()  # ids, in the order in which they were listed
    asked = models.TextField(blank=True)  # the portfolio's query string, to go back to

    objects = SelectionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{len(self.pilots)} pilots picked by {self.by}"
