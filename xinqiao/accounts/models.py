"""Accounts and the villages a village doctor serves, with dates."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import ROLE_LABELS, Role


class UserManager(BaseUserManager["User"]):
    """Creates accounts with a hashed password; nothing else."""

    def create_user(self, username: str, password: str | None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person's account: personal, at one node of the tree, in one role, until a date."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=[(r.value, ROLE_LABELS[r]) for r in Role])
    place = models.CharField(max_length=12, db_collation="C")
    further_places = ArrayField(
        models.CharField(max_length=12, db_collation="C"),
        default=list,
        db_default=[],
        blank=True,
        help_text="townships served besides the own one, as after a split",
    )
    institution = models.ForeignKey(
        "places.Institution", null=True, on_delete=models.PROTECT, related_name="staff"
    )
    phone = models.CharField(max_length=30, blank=True, help_text="work phone, shown to colleagues")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=True)
    valid_until = models.DateField(null=True)
    closed_on = models.DateField(null=True, help_text="停用日期")
    closed_because = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="left, safety or other"
    )
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=[r.value for r in Role])),
            models.CheckConstraint(name="user_place_shape", condition=Q(place__regex=r"^[0-9]{12}$")),
        ]


class VillageAssignment(models.Model):
    """A village a village doctor serves from `valid_from` until `valid_to` (half-open), as own or standing in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="villages")
    division_code = models.CharField(max_length=12, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    covers = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="covered",
        help_text="whose village it is: the user stands in for somebody on leave",
    )

    class Meta:
        indexes = [models.Index(fields=["user"], name="village_of_user")]
        constraints = [
            models.CheckConstraint(
                name="village_dates", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]


class Posting(models.Model):
    """A role at a place that an account held before: what `User` said from `valid_from` until `valid_to`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=20)
    place = models.CharField(max_length=12, db_collation="C")
    institution = models.ForeignKey(
        "places.Institution", null=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField()
    valid_to = models.DateField()
    changed_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "valid_from"], name="posting_user")]


class Session(AbstractBaseSession):
    """A signed-in browser. The account stands beside the sealed content, so that both are read at once."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from .session_store import SessionStore

        return SessionStore

    class Meta:
        db_table = "accounts_session"
