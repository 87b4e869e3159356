"""Who is at the door: sign-in by e-mail, tokens of programs."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone
from rest_framework import authentication, exceptions

from pilots.models import ApiToken
from pilots.models.token import digest_of


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


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token pil_…`, found by its hash."""

    def authenticate_credentials(self, key):
        usable = ApiToken.objects.usable(timezone.now()).select_related("user")
        token = usable.filter(digest=digest_of(key)).first()
        if token is None:
            raise exceptions.AuthenticationFailed("This token is not valid: unknown, expired or revoked.")
        return token.user, token
