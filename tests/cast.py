"""The cast: the same people in every test, so that a test of rights reads like a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.accounts.services import ensure_groups
from publishing.workflow.models import Delegation

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def person(username: str, *roles: str, name: str = "") -> User:
    """An active person with roles, who may enter the admin."""
    user = User.objects.create_user(username, f"{username}@songba.example", "mat-khau-du-dai", full_name=name or username)
    groups = ensure_groups()
    user.groups.add(*(groups[role] for role in roles))
    return user


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture
def reporter(db: None) -> User:
    """Trần Hải Vân, who writes the story."""
    return person("phongvien", Role.REPORTER, name="Trần Hải Vân")


@pytest.fixture
def other_reporter(db: None) -> User:
    """Lê Minh Khôi, who does not."""
    return person("phongvien2", Role.REPORTER, name="Lê Minh Khôi")


@pytest.fixture
def contributor_user(db: None) -> User:
    """H’Lan Niê, who sends stories from outside."""
    return person("congtacvien", Role.CONTRIBUTOR, name="H’Lan Niê")


@pytest.fixture
def editor(db: None) -> User:
    """Phan Thu Nguyệt, who edits."""
    return person("bientap", Role.EDITOR, name="Phan Thu Nguyệt")


@pytest.fixture
def editor_in_chief(db: None) -> User:
    """Nguyễn Văn Mẫu, who signs."""
    return person("tongbientap", Role.EDITOR_IN_CHIEF, name="Nguyễn Văn Mẫu")


@pytest.fixture
def secretary(db: None, editor_in_chief: User) -> User:
    """Nguyễn Thị Bến, who signs by a delegation that holds for years around every test."""
    user = person("thuky", Role.SECRETARY, name="Nguyễn Thị Bến")
    Delegation.objects.create(delegator=editor_in_chief, delegate=user, starts_at=NOW - timedelta(days=900), ends_at=NOW + timedelta(days=3650), document="12/QĐ-MẪU")
    return user


@pytest.fixture
def admin(db: None) -> User:
    """The administrator: a superuser, who signs nothing."""
    user = person("quantri", Role.ADMINISTRATOR, name="Quản trị")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    user.refresh_from_db()
    return user


@pytest.fixture
def outsider(db: None) -> User:
    """Somebody with an account and no role."""
    return person("nguoingoai", name="Người ngoài")
