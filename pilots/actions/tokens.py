"""Tokens with which programs come in."""

from datetime import datetime

from django.db import transaction

from pilots import clock, events
from pilots.events import first_facts, record
from pilots.models import ApiToken, User
from pilots.models.token import digest_of


@transaction.atomic
def create_token(*, user: User, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """Make a token; the second value is the secret, to be shown once and never kept."""
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(user=user, name=name, digest=digest_of(secret), expires_at=expires_at)
    first = first_facts({"name": name, "expires_at": expires_at})
    record(events.TOKEN_CREATED, subject=token, actor=user, changes=first)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> ApiToken:
    """End a token's use at once. Doing it twice changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(
            events.TOKEN_REVOKED, subject=token, actor=by, changes={"revoked": [False, True]}, name=token.name
        )
    return token
