"""Mail servers that misbehave, as mail backends."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend


class Silent(EmailBackend):
    """Does not answer."""

    def open(self):
        raise ConnectionRefusedError("connection refused")


class Refusing(EmailBackend):
    """Refuses every mail to Olga, takes the others."""

    def send_messages(self, messages):
        if messages[0].to == ["olga@example.com"]:
            raise SMTPRecipientsRefused({"olga@example.com": (450, b"mailbox busy")})
        return super().send_messages(messages)


class HangingUp(EmailBackend):
    """Drops the connection at the first mail; then it must be connected to anew."""

    connections, is_open = 0, False

    def open(self):
        self.connections += not self.is_open
        self.is_open = True

    def close(self):
        self.is_open = False

    def send_messages(self, messages):
        if self.connections == 1:
            raise SMTPServerDisconnected("connection unexpectedly closed")
        return super().send_messages(messages)


class Killed(EmailBackend):
    """The worker dies at the moment of sending: nothing after it is run."""

    def send_messages(self, messages):
        raise WorkerKilled


class WorkerKilled(BaseException):
    """What no `except Exception` holds up."""
