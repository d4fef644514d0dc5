"""The stories that people place on the front."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.accounts.services import ensure_groups
from newsroom.articles.addresses import story_path
from publishing.fronts.models import FrontPick
from publishing.fronts.permissions import FrontPolicy
from publishing.fronts.selectors import front_order, picked_story_ids
from tests.publishing.paper import Paper


def linked(client: Client) -> list[str]:
    return re.findall(r'<h[23]><a href="([^"]+-a\d+\.html)"', client.get("/").content.decode())


def test_chosen_stories_stand_first_in_their_places_then_the_newest_and_none_twice(client: Client, paper: Paper) -> None:
    made = [paper.story(f"Tin {i}", minutes_ago=i + 1) for i in range(9)]
    FrontPick.objects.create(story=made[7], position=1)
    FrontPick.objects.create(story=made[4], position=2)
    expected = [made[i] for i in (7, 4, 0, 1, 2, 3, 5, 6, 8)]
    assert linked(client) == [story_path(story) for story in expected]


def test_a_choice_ends_at_its_time(client: Client, paper: Paper) -> None:
    old, new = paper.story("Cũ", minutes_ago=99), paper.story("Mới", minutes_ago=1)
    pick = FrontPick.objects.create(story=old, position=1, until=paper.now + timedelta(hours=1))
    assert picked_story_ids(now=paper.now) == [old.pk]
    assert picked_story_ids(now=pick.until) == []
    assert linked(client)[0] == story_path(old)
    FrontPick.objects.update(until=paper.now - timedelta(seconds=1))
    assert linked(client)[0] == story_path(new)


def test_a_withdrawn_choice_leaves_the_front_by_itself(client: Client, paper: Paper) -> None:
    withdrawn = paper.story("Bị gỡ", live=False)
    FrontPick.objects.create(story=withdrawn, position=1)
    assert picked_story_ids(now=paper.now) == []
    assert linked(client) == []


def test_of_two_with_one_place_the_later_choice_comes_first(paper: Paper) -> None:
    first, second = paper.story("Một"), paper.story("Hai")
    FrontPick.objects.create(story=first, position=1)
    FrontPick.objects.create(story=second, position=1)
    FrontPick.objects.filter(story=first).update(picked_at=paper.now - timedelta(hours=1))
    assert picked_story_ids(now=paper.now) == [second.pk, first.pk]


def test_the_order_names_each_story_once() -> None:
    assert front_order(picked=[3, 1, 3], newest=[1, 2, 3, 4]) == [3, 1, 2, 4]


def test_only_published_stories_places_one_to_twelve_and_times_ahead_are_taken(paper: Paper) -> None:
    draft, live = paper.story("Bản thảo", live=False, was_live=False), paper.story("Đã đăng")
    for pick in (FrontPick(story=draft), FrontPick(story=live, position=0), FrontPick(story=live, position=13), FrontPick(story=live, until=paper.now)):
        with pytest.raises(ValidationError):
            pick.full_clean()
    FrontPick(story=live, position=12, until=paper.now + timedelta(hours=1)).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        FrontPick.objects.create(story=live, position=13)


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_lay_out_the_front_may(db: Any, role: Role) -> None:
    ensure_groups()
    user = User.objects.create_user(username="nguoi", password="demo-newsroom")
    user.groups.add(Group.objects.get(name=role))
    may = role in (Role.DEPARTMENT_HEAD, Role.SECRETARY, Role.DEPUTY_EDITOR, Role.EDITOR_IN_CHIEF)
    assert FrontPolicy(FrontPick).user_has_permission(user, "add") is may


def test_the_secretary_places_a_story_through_the_admin_and_is_named(client: Client, paper: Paper) -> None:
    story = paper.story("Ra trang nhất")
    secretary = _signed_in(client, Role.SECRETARY)
    assert client.get("/admin/trang-chu/").status_code == 200
    response = client.post("/admin/trang-chu/new/", {"story": story.pk, "position": "2", "until": ""})
    assert response.status_code == 302, response.content.decode()[:2000]
    pick = FrontPick.objects.get()
    assert (pick.story_id, pick.position, pick.picked_by) == (story.pk, 2, secretary)


def test_a_reporter_finds_the_screen_closed(client: Client, paper: Paper) -> None:
    story = paper.story("Ra trang nhất")
    _signed_in(client, Role.REPORTER)
    client.post("/admin/trang-chu/new/", {"story": story.pk, "position": "2", "until": ""})
    assert not FrontPick.objects.exists()
    assert "/admin/trang-chu/" not in client.get("/admin/").content.decode()


def _signed_in(client: Client, role: Role) -> User:
    from django.contrib.auth.models import Permission

    ensure_groups()
    user = User.objects.create_user(username=f"nguoi-{role}", password="demo-newsroom")
    group = Group.objects.get(name=role)
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    user.groups.add(group)
    client.force_login(user)
    return user
