"""The API's doors of registers, one for each row of their table."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from pilots.api import ReadingDoor, whole
from pilots.models import Entry, Pilot
from pilots.permissions import Permission, require
from pilots.registers import actions
from pilots.registers.filters import FILTERS
from pilots.registers.serializers import NEW, SENT, SHOWN, EntrySent
from pilots.registers.table import REGISTERS, Register
from pilots.serializers import Nothing

EDIT = Permission.EDIT_REGISTER


class EntryDoor(ReadingDoor):
    """The entries of one register, of all pilots that may be seen."""

    register: Register
    sent_class: type[EntrySent]
    new_class: type[EntrySent]

    def list(self, request):
        return super().list(request)

    def retrieve(self, request, pk):
        return super().retrieve(request, pk=whole(pk))

    def create(self, request):
        pilot = self.named("pilot", Pilot.objects.visible_to(request.user).select_related("programme"), "key")
        require(request.user, EDIT, pilot=pilot)
        sent = self.parse(self.new_class, **self._context(pilot))
        model = self.register.model
        entry = actions.add_entry(model=model, by=request.user, **sent | {"pilot": pilot})
        return Response(self._shown(entry), status=status.HTTP_201_CREATED)

    def partial_update(self, request, pk):
        entry = self._find(pk)
        require(request.user, EDIT, pilot=entry.pilot, named=entry.owner_id)
        sent = self.parse(self.sent_class, entry, **self._context(entry.pilot))
        seen = sent.pop("version", None)
        return Response(self._shown(actions.edit_entry(entry=entry, by=request.user, seen=seen, **sent)))

    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request, pk):
        return self._change(pk, actions.remove_entry)

    @action(detail=True, methods=["post"], filterset_class=None)
    def restore(self, request, pk):
        return self._change(pk, actions.restore_entry)

    def _change(self, pk, act) -> Response:
        entry = self._find(pk)
        require(self.request.user, EDIT, pilot=entry.pilot)
        self.parse(Nothing)
        return Response(self._shown(act(entry=entry, by=self.request.user)))

    def _find(self, pk) -> Entry:
        return self.find(self.get_queryset().select_related("pilot__programme", "owner"), pk=whole(pk))

    def _shown(self, entry: Entry) -> dict:
        return self.show(self.queryset.all(), pk=entry.pk)

    def _context(self, pilot: Pilot) -> dict:
        return {"programme": pilot.programme, "model": self.register.model}


def _door_of(register: Register) -> type[EntryDoor]:
    shown, sent, new = SHOWN[register.key], SENT[register.key], NEW[register.key]
    name, one = register.name.lower(), register.one
    says = extend_schema_view(
        list=extend_schema(
            summary=f"List {name}",
            description="Those removed are left out unless `removed=true` asks for them.",
        ),
        retrieve=extend_schema(summary=f"Show: {one}", responses=shown),
        create=extend_schema(summary=f"Add to the register: {one}", request=new, responses={201: shown}),
        partial_update=extend_schema(
            summary=f"Change: {one}",
            description="Only what is sent. With the `version` that was read, it answers 409 with what stands "
            "now where somebody has changed the entry since.",
            request=sent,
            responses=shown,
        ),
        remove=extend_schema(
            summary=f"Remove: {one}",
            description="It counts nowhere any more; it can be put back. Doing it twice changes nothing.",
            request=Nothing,
            responses=shown,
        ),
        restore=extend_schema(
            summary=f"Put back: {one}",
            description="Doing it twice changes nothing.",
            request=Nothing,
            responses=shown,
        ),
    )
    door = type(
        f"{register.model.__name__}Door",
        (EntryDoor,),
        {
            "register": register,
            "queryset": register.model.objects.order_by("pilot__key", "pk"),
            "serializer_class": shown,
            "sent_class": sent,
            "new_class": new,
            "filterset_class": FILTERS[register.key],
        },
    )
    return extend_schema(tags=["Registers"])(says(door))


DOORS = {key: _door_of(register) for key, register in REGISTERS.items()}
