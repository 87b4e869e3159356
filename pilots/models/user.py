"""A person who signs in with an e-mail address."""

from collections import defaultdict
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from pilots import clock
from pilots.rules import Access


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """Make a person; the address is kept in lower case. Raises ValueError without an address."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    held: list[dict[str, Any]]  # programme_id and role of each membership, where loaded with the person

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_address")]

    def __str__(self):
        return self.name or self.email

    @cached_property
    def access(self) -> Access:
        """The roles this person holds, read once per request. A query unless `held` is loaded."""
        loaded = "held" in self.__dict__
        held = self.held if loaded else self.memberships.order_by().values("programme_id", "role")
        roles: defaultdict[int | None, set[str]] = defaultdict(set)
        for membership in held:
            roles[membership["programme_id"]].add(membership["role"])
        by_programme = {pk: frozenset(held) for pk, held in roles.items() if pk is not None}
        return Access(frozenset(roles[None]), by_programme)
