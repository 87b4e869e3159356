"""The rows of another table as one value of each row: a list asked for without a query of its own."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import DateField, DateTimeField, JSONField, Model, QuerySet, Subquery
from django.db.models.functions import JSONArray


class ListOf(Subquery):
    """These fields of a queryset's rows, in its order, as a list of dicts: `{"type": …, "actor__name": …}`.

    The queryset refers to the row it belongs to by OuterRef. For texts, whole numbers, days, moments and JSON.
    """

    def __init__(self, rows: QuerySet, *names: str):
        self.names = names
        self.readers = [_reader(rows.model, name) for name in names]
        super().__init__(rows.values(row=JSONArray(*names)), output_field=JSONField())

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template="TO_JSONB(ARRAY(%(subquery)s))", **extra)

    def as_sqlite(self, compiler, connection, **extra):
        template = '(SELECT JSON_GROUP_ARRAY(JSON("row")) FROM (%(subquery)s))'
        return self.as_sql(compiler, connection, template=template, **extra)

    def get_db_converters(self, connection):
        return [*super().get_db_converters(connection), self._named]

    def _named(self, rows: list[list[Any]] | None, expression, connection) -> list[dict[str, Any]]:
        return [
            {
                name: read(value) if value is not None else None
                for name, read, value in zip(self.names, self.readers, row, strict=True)
            }
            for row in rows or ()
        ]


def _reader(model: type[Model], path: str) -> Callable[[Any], Any]:
    """What makes of a value in JSON what the field at the end of this path holds."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else _field(model, name)
        model = field.related_model
    if isinstance(field, DateTimeField):
        return _moment
    if isinstance(field, JSONField):
        return _document
    return date.fromisoformat if isinstance(field, DateField) else _as_it_is


def _field(model: type[Model], name: str) -> Any:
    """The field of this name, or the one whose column is called so, as `owner_id` is."""
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite keeps moments in UTC


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value  # SQLite keeps documents as text


def _as_it_is(value: Any) -> Any:
    return value
