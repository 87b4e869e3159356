"""What every door of the API shares, and the doors of programmes.

The steps of a door, in this order: find (what may not be seen is not there), permit, parse, act, show.
"""

import json
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import IntegerField, Serializer

from pilots.actions import programmes as actions
from pilots.actions.jobs import cancel_job, retry_job
from pilots.actions.people import set_active
from pilots.filters import EventFilters
from pilots.models import Event, Job, Programme, User
from pilots.permissions import Permission, require
from pilots.queries import members
from pilots.serializers import (
    EventShown,
    JobShown,
    Leaving,
    Nothing,
    PersonShown,
    ProgrammeDetail,
    ProgrammeSent,
    ProgrammeShown,
    Shown,
    members_shown,
)


class Json(JSONParser):
    """JSON of a bounded depth, in text that can be written down."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("This is nested too deeply.") from None
        except UnicodeEncodeError:
            raise ParseError("This contains half a character, which is no text.") from None
        return data


def whole(text: str) -> int:
    """The id in an address. Raises Http404 for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)


class PageAsked(Serializer):
    page = IntegerField(min_value=1, default=1)
    page_size = IntegerField(min_value=1, max_value=500, default=50)


class CountedApart(Paginator):
    """Counts rows without joining what is shown of them."""

    def __init__(self, *args: Any, counted: QuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.counted = counted

    @cached_property
    def count(self) -> int:
        return self.counted.count()


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    page_query_description = "Which page, from 1."
    page_size_query_description = "How many on a page, at most 500."

    def paginate_queryset(self, queryset, request, view=None):
        PageAsked(data=request.query_params.dict()).is_valid(raise_exception=True)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise NotFound("There is no such page: the list is shorter.") from None


@method_decorator(conditional_page, name="dispatch")
class Door(viewsets.GenericViewSet):
    """What a door needs for its steps. `queryset` is everything, in its usual order."""

    parser_classes = [Json]
    pagination_class: type[Pages] | None = Pages
    queryset: Any
    serializer_class: type[Shown]
    detail_class: type[Shown] | None = None  # what one object shows; else what the list does

    def get_queryset(self):
        return self.queryset.visible_to(self.request.user)

    def filter_queryset(self, queryset):
        self._refuse_lost_parameters()
        return super().filter_queryset(queryset)

    def _refuse_lost_parameters(self) -> None:
        filters = getattr(self, "filterset_class", None)
        known = {"page", "page_size", *(filters.base_filters if filters else ())}
        problems = {}
        for name, values in self.request.query_params.lists():
            if name not in known:
                problems[name] = ["This list cannot be asked for that."]
            elif "" in values:
                problems[name] = ["Give a value or leave it out."]
        if problems:
            raise ValidationError(problems)

    def page(self, found: QuerySet, shown: type[Shown]) -> Response:
        """One page of rows. Two queries: how many there are, and the rows."""
        pages: Any = self.paginator
        pages.django_paginator_class = partial(CountedApart, counted=found.order_by())
        page = self.paginate_queryset(found.values_list(*shown.columns()))
        return self.get_paginated_response(shown.rows(page, today=timezone.localdate()))

    def show(self, found: QuerySet, **where: Any) -> dict[str, Any]:
        """One object as it is now. Raises Http404 when it is not there for this person."""
        return self.show_as(self.detail_class or self.serializer_class, found, **where)

    def show_as(self, shown: type[Shown], found: QuerySet, **where: Any) -> dict[str, Any]:
        values = get_object_or_404(found.values_list(*shown.columns()), **where)
        return shown.rows([values], today=timezone.localdate())[0]

    def find(self, found: QuerySet, **where: Any) -> Any:
        """The object of this address. Raises Http404 when it is not there for this person."""
        return get_object_or_404(found, **where)

    def named(self, field: str, found: QuerySet, column: str = "pk") -> Any:
        """The object that a field of the body names. Raises ValidationError when it is not there."""
        data = self.request.data
        value = data.get(field) if hasattr(data, "get") else None
        known = None
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            try:
                known = found.filter(**{column: value}).first()
            except ValueError:  # not a number, or a text no database keeps
                known = None
        if known is None:
            sentence = "This field is required." if value is None else "There is nothing here of this name."
            raise ValidationError({field: [sentence]})
        return known

    def parse(self, sent: type[Serializer], instance: Any = None, **context: Any) -> dict[str, Any]:
        """What the body says. Raises ValidationError by field. With an instance only what is sent counts."""
        serializer = sent(instance, data=self.request.data, partial=instance is not None, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class ReadingDoor(Door):
    """Lists and shows what the person asking may see."""

    def list(self, request: Request) -> Response:
        return self.page(self.filter_queryset(self.get_queryset()), self.serializer_class)

    def retrieve(self, request: Request, *args: Any, **where: Any) -> Response:
        return Response(self.show(self.get_queryset(), **where))


@extend_schema(tags=["Programmes"])
class ProgrammeDoor(ReadingDoor):
    queryset = Programme.objects.order_by("name", "pk")
    serializer_class = ProgrammeShown
    detail_class = ProgrammeDetail
    lookup_field = "slug"

    @extend_schema(summary="List the programmes you have a role in")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a programme and its people", responses=ProgrammeDetail)
    def retrieve(self, request, slug):
        return Response(self._with_members(self.find(self.get_queryset(), slug=slug)))

    @extend_schema(summary="Create a programme", request=ProgrammeSent, responses={201: ProgrammeDetail})
    def create(self, request):
        require(request.user, Permission.MANAGE_PROGRAMMES)
        sent = self.parse(ProgrammeSent)
        programme = actions.create_programme(by=request.user, **sent)
        return Response(self._with_members(programme), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Rename or describe a programme, or say its currency",
        description="Its slug, and so its address, stays. So does its currency once amounts are recorded.",
        request=ProgrammeSent,
        responses=ProgrammeDetail,
    )
    def partial_update(self, request, slug):
        programme = self.find(self.get_queryset(), slug=slug)
        require(request.user, Permission.MANAGE_PROGRAMMES, programme=programme)
        sent = self.parse(ProgrammeSent, programme)
        as_before = {"name": programme.name, "description": programme.description}
        programme = actions.edit_programme(programme=programme, by=request.user, **as_before | sent)
        return Response(self._with_members(programme))

    def _with_members(self, programme: Programme) -> dict[str, Any]:
        shown = {name: getattr(programme, name) for name in ProgrammeShown.columns()}
        return shown | {"members": members_shown(members(programme))}


@extend_schema(tags=["Audit log"])
class EventDoor(ReadingDoor):
    queryset = Event.objects.order_by("-pk")
    serializer_class = EventShown
    filterset_class = EventFilters

    @extend_schema(summary="List events, newest first", description="For who may read the audit log.")
    def list(self, request):
        require(request.user, Permission.READ_AUDIT)
        return super().list(request)

    @extend_schema(summary="Show an event")
    def retrieve(self, request, pk):
        require(request.user, Permission.READ_AUDIT)
        return super().retrieve(request, pk=whole(pk))


@extend_schema(tags=["Jobs"])
class JobDoor(ReadingDoor):
    """Long work: to whoever started it, and to administrators."""

    queryset = Job.objects.order_by("-pk")
    serializer_class = JobShown

    @extend_schema(summary="List long work, newest first")
    def list(self, request):
        return super().list(request)

    @extend_schema(
        summary="Show how far long work has come",
        description="It is over when `finished_at` is set.",
        responses=JobShown,
    )
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=whole(pk))

    @extend_schema(
        summary="Cancel long work",
        description="What was done stays done, the rest is not begun; `leaves` says what that means. Trying it "
        "again does the rest.",
        request=Nothing,
        responses=JobShown,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        return self._steer(pk, cancel_job)

    @extend_schema(
        summary="Try long work again",
        description="Does the rest of what failed or was cancelled.",
        request=Nothing,
        responses=JobShown,
    )
    @action(detail=True, methods=["post"])
    def retry(self, request, pk):
        return self._steer(pk, retry_job)

    def _steer(self, pk, act: Callable[..., Job]) -> Response:
        job = self.find(self.get_queryset(), pk=whole(pk))
        require(self.request.user, Permission.STEER_JOB, named=job.started_by_id)
        self.parse(Nothing)
        act(job=job, by=self.request.user)
        return Response(self.show(self.get_queryset(), pk=job.pk))


@extend_schema(tags=["People"])
class PersonDoor(Door):
    """Who may sign in: for administrators."""

    queryset = User.objects.order_by("name", "pk")
    serializer_class = PersonShown

    @extend_schema(
        summary="Let a person no longer sign in",
        description="Who left keeps a name on what was done. Whoever still holds work hands it over first (see "
        "Handovers), unless a reason says why it stays without anybody.",
        request=Leaving,
        responses=PersonShown,
    )
    @action(detail=True, methods=["post"])
    def deactivate(self, request, pk):
        return self._set(pk, active=False, sent=Leaving)

    @extend_schema(summary="Let a person sign in again", request=Nothing, responses=PersonShown)
    @action(detail=True, methods=["post"])
    def activate(self, request, pk):
        return self._set(pk, active=True, sent=Nothing)

    def _set(self, pk, *, active, sent):
        require(self.request.user, Permission.MANAGE_PEOPLE)
        person = self.find(User.objects.all(), pk=whole(pk))
        by: Any = self.request.user
        set_active(person=person, active=active, by=by, **self.parse(sent))
        return Response(self.show(self.queryset.all(), pk=person.pk))
