"""What many tables share: who may see a row, and rows that are never changed."""

from typing import Any, NoReturn

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


class WrittenOnce:
    """Mixed into the QuerySet of an append-only table: nothing is changed or deleted in bulk either."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("These rows are never changed.")

    def bulk_update(self, objs: Any, fields: Any, batch_size: Any = None) -> NoReturn:
        raise TypeError("These rows are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("These rows are never deleted.")


class AppendOnlyQuerySet(WrittenOnce, models.QuerySet):
    pass


class AppendOnly(models.Model):
    """A row that is written once: what it says is superseded by another row, never edited.

    Its table's manager comes from a QuerySet with WrittenOnce.
    """

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are never deleted.")
