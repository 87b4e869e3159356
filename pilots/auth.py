"""Who is at the door: sign-in by e-mail, tokens of programs."""

import logging
from functools import cache
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib import messages
from django.db.models import OuterRef
from django.utils import timezone
from rest_framework import authentication, exceptions

from pilots import origin
from pilots.models import ApiToken, Membership, User
from pilots.models.lists import ListOf
from pilots.models.token import digest_of

logger = logging.getLogger(__name__)


def _roles_of(person: str) -> ListOf:
    """What `User.held` says of the person of a row; `person` is the way to their id."""
    held = Membership.objects.filter(user=OuterRef(person)).order_by()
    return ListOf(held, "programme_id", "role")


@cache  # what never changes is put together once: that takes longer than the database does
def _people():
    return User.objects.annotate(roles_held=_roles_of("pk")).order_by()


class SignIn(AuthenticationBackend):
    def get_user(self, user_id):
        """The person of a session with their roles: one query for both, on every page."""
        found = _people().filter(pk=user_id).first()
        if found is None or not self.user_can_authenticate(found):
            return None
        found.held = found.roles_held
        return found


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This e-mail address and password do not belong together.",
        "unknown_email": "Nobody with this e-mail address has an account.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes and try again.",
        "account_inactive": "This account is no longer in use. Ask an administrator.",
    }

    def is_open_for_signup(self, request):
        # Administrators make the accounts.
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Send, or say on the page that it could not be sent: what was asked for is done all the same."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("A mail could not be sent.")
            messages.error(self.request, "The mail could not be sent just now. Ask for it again later.")


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token pil_…`, found by its hash."""

    def authenticate_credentials(self, key):
        usable = ApiToken.objects.usable(timezone.now()).select_related("user")
        token = usable.annotate(roles_held=_roles_of("user")).filter(digest=digest_of(key)).first()
        if token is None:
            raise exceptions.AuthenticationFailed("This token is not valid: unknown, expired or revoked.")
        token.user.held = token.roles_held
        origin.with_token(token.name)
        return token.user, token
