"""What many tables share: who may see a row, and rows that are never changed."""

from django.db import models


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a programme; `programme_path` says how to get there."""

    programme_path = "pilot__programme_id"

    def visible_to(self, user):
        """Only rows of programmes this person has a role in; nobody else's exist for them."""
        if not user.is_authenticated:
            return self.none()
        if user.access.sees_all_programmes:
            return self.all()
        return self.filter(**{f"{self.programme_path}__in": list(user.access.by_programme)})


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} rows are never changed.")

    def bulk_update(self, objs, fields, batch_size=None):
        raise TypeError(f"{self.model.__name__} rows are never changed.")

    def delete(self):
        raise TypeError(f"{self.model.__name__} rows are never deleted.")


class AppendOnly(models.Model):
    """A row that is written once. What it says is superseded by another row, never edited."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are never deleted.")
