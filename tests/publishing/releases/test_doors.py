"""Every door to publication, and that it is shut (the table is docs/doors.md)."""

from __future__ import annotations

import ast
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.pages.guard import DoorClosed
from publishing.events.models import Alarm, StoryEvent
from publishing.events.services import sweep
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow.selectors import latest_revision
from tests.factories.desk import change, form_of, make_draft, publish, seen, to_approved
from tests.factories.newsroom import make_home, make_section

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def draft(reporter: User, now: datetime) -> ArticlePage:
    """A draft that no reader has seen."""
    return make_draft(owner=reporter, now=now, title="Bản thảo chưa ai duyệt")


@pytest.fixture
def live_story(reporter: User, editor: User, editor_in_chief: User, now: datetime) -> ArticlePage:
    """A story that readers see."""
    story = make_draft(owner=reporter, now=now)
    publish(story, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    return ArticlePage.objects.get(pk=story.pk)


def is_live(story: ArticlePage) -> bool:
    """Whether readers see the story, asked of the database."""
    return ArticlePage.objects.get(pk=story.pk).live


def test_the_same_form_without_a_door_does_save_words(draft: ArticlePage, reporter: User, client: Client) -> None:
    """The control: the forged forms below fail at the door, not because they are no forms."""
    client.force_login(reporter)
    client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), form_of(draft, title="Tít mới của người viết"))
    revision = latest_revision(draft)
    assert revision is not None and revision.content["title"] == "Tít mới của người viết"


@pytest.mark.parametrize("who", ["reporter", "editor", "secretary", "editor_in_chief", "admin"])
def test_the_admin_edit_form_publishes_for_nobody(who: str, draft: ArticlePage, request: pytest.FixtureRequest, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), form_of(draft, **{"action-publish": "1"}))
    assert not is_live(draft)


@pytest.mark.parametrize("who", ["reporter", "secretary", "editor_in_chief", "admin"])
def test_the_admin_create_form_publishes_for_nobody(who: str, draft: ArticlePage, request: pytest.FixtureRequest, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    address = reverse("wagtailadmin_pages:add", args=["newsroom_articles", "articlepage", draft.get_parent().pk])
    client.post(address, form_of(draft, title="Bài mới", slug="bai-moi-1", **{"action-publish": "1"}))
    assert not ArticlePage.objects.filter(live=True).exists()


@pytest.mark.parametrize("act", ["publish", "unpublish", "move", "delete"])
def test_bulk_actions_change_nothing_that_readers_see(act: str, live_story: ArticlePage, draft: ArticlePage, admin: User, client: Client) -> None:
    client.force_login(admin)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", act]) + f"?id={draft.pk}&id={live_story.pk}&next=/admin/"
    client.post(address, {"chooser": str(make_home().pk), "include_descendants": "on"})
    assert is_live(live_story)
    assert not ArticlePage.objects.filter(pk=draft.pk, live=True).exists()


@pytest.mark.parametrize("act", ["unpublish", "delete"])
@pytest.mark.parametrize("who", ["editor_in_chief", "admin"])
def test_a_live_story_is_neither_unpublished_nor_deleted_in_the_admin(act: str, who: str, live_story: ArticlePage, request: pytest.FixtureRequest, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    client.post(reverse(f"wagtailadmin_pages:{act}", args=[live_story.pk]))
    assert is_live(live_story)


def test_nobody_moves_a_story_in_the_tree(live_story: ArticlePage, admin: User, client: Client) -> None:
    client.force_login(admin)
    parent = live_story.get_parent().pk
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[live_story.pk, make_section().pk]))
    assert ArticlePage.objects.get(pk=live_story.pk).get_parent().pk == parent
    with pytest.raises(DoorClosed):
        live_story.move(make_section(), pos="last-child")


def test_a_copy_is_refused_in_the_admin_and_never_live_in_code(live_story: ArticlePage, admin: User, client: Client) -> None:
    client.force_login(admin)
    parent = live_story.get_parent().pk
    client.post(reverse("wagtailadmin_pages:copy", args=[live_story.pk]), {"new_title": "Bản sao", "new_slug": "ban-sao", "new_parent_page": parent, "publish_copies": "on"})
    with pytest.raises(DoorClosed):
        live_story.copy(update_attrs={"slug": "ban-sao-2"}, keep_live=True)
    assert ArticlePage.objects.filter(live=True).count() == 1


def test_an_alias_is_refused(live_story: ArticlePage) -> None:
    with pytest.raises(DoorClosed):
        live_story.create_alias(update_slug="bi-danh")
    assert ArticlePage.objects.filter(live=True).count() == 1


def test_publish_scheduled_is_shut_even_for_a_forged_go_live(draft: ArticlePage, now: datetime) -> None:
    revision = latest_revision(draft)
    assert revision is not None
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=now - timedelta(days=1))
    with pytest.raises(CommandError):
        call_command("publish_scheduled")
    assert not is_live(draft)


@pytest.mark.parametrize("with_user", [True, False])
def test_the_shell_cannot_publish_a_revision(with_user: bool, draft: ArticlePage, admin: User) -> None:
    revision = latest_revision(draft)
    assert revision is not None
    with pytest.raises((DoorClosed, PermissionError, Exception)) as refused:
        revision.publish(user=admin if with_user else None)
    assert refused.type.__name__ in ("DoorClosed", "PublishPagePermissionError")
    assert not is_live(draft)


def test_the_shell_cannot_save_a_page_live(draft: ArticlePage, now: datetime) -> None:
    draft.live = True
    with pytest.raises(DoorClosed):
        draft.save()
    with pytest.raises(DoorClosed):
        draft.get_parent().add_child(instance=ArticlePage(title="Thẳng lên báo", slug="thang-len", lead="x", main_section=make_section()))
    assert not ArticlePage.objects.filter(live=True).exists()


def test_the_shell_cannot_change_the_words_that_readers_see(live_story: ArticlePage) -> None:
    live_story.title = "Tít chưa ai duyệt"
    with pytest.raises(DoorClosed):
        live_story.save()
    with pytest.raises(DoorClosed):
        live_story.save(update_fields=["title"])
    assert ArticlePage.objects.get(pk=live_story.pk).title != "Tít chưa ai duyệt"


def test_the_shell_cannot_unpublish_or_delete_what_readers_saw(live_story: ArticlePage) -> None:
    with pytest.raises(DoorClosed):
        live_story.unpublish()
    with pytest.raises(DoorClosed):
        live_story.delete()
    with pytest.raises((ProtectedError, DoorClosed)):
        Page.objects.filter(pk=live_story.get_parent().pk).delete()
    assert is_live(live_story)


def test_a_raw_update_that_no_guard_can_see_raises_an_alarm(draft: ArticlePage, now: datetime) -> None:
    revision = latest_revision(draft)
    ArticlePage.objects.filter(pk=draft.pk).update(live=True, live_revision=revision)
    sweep(now=now)
    assert Alarm.objects.filter(code="live_without_event", subject=str(draft.pk)).exists()


@pytest.mark.parametrize("who", ["reporter", "editor", "admin", "outsider", "contributor_user"])
def test_a_forged_form_approves_and_publishes_nothing(who: str, draft: ArticlePage, request: pytest.FixtureRequest, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    for key in ("approve", "publish", "schedule"):
        client.post(reverse("story_act", args=[draft.pk, key]), {**seen(draft), "due_at": "2030-01-01T08:00"})
    assert not is_live(draft)
    assert not draft.approvals.exists()


def test_a_signer_cannot_publish_what_was_never_approved(draft: ArticlePage, editor_in_chief: User, now: datetime) -> None:
    with pytest.raises(desk.NotAllowed):
        releases.release_now(story=draft, actor=editor_in_chief, now=now)
    assert not is_live(draft)


def test_a_stale_tab_approves_nothing(reporter: User, editor: User, editor_in_chief: User, draft: ArticlePage, client: Client, now: datetime) -> None:
    desk.escalate_story(story=draft, actor=editor, now=now, **seen(draft))
    before = seen(draft)
    change(draft, by=editor, lead="Sapo đã bị sửa sau khi mở trang duyệt.")
    client.force_login(editor_in_chief)
    answer = client.post(reverse("story_act", args=[draft.pk, "approve"]), before)
    assert answer.status_code == 409
    assert "sapo" in answer.content.decode().lower()
    assert not draft.approvals.exists()


@pytest.mark.parametrize("who", ["reporter", "editor", "secretary", "admin"])
def test_an_autosave_after_approval_reaches_no_reader(
    who: str, request: pytest.FixtureRequest, reporter: User, editor: User, editor_in_chief: User, draft: ArticlePage, client: Client, now: datetime
) -> None:
    to_approved(draft, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    approved = latest_revision(draft)
    assert approved is not None
    client.force_login(request.getfixturevalue(who))
    data = form_of(draft, title="Chữ của thẻ cũ", overwrite_revision_id=str(approved.pk), loaded_revision_id=str(approved.pk))
    client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), data, headers={"accept": "application/json"})
    releases.release_now(story=draft, actor=editor_in_chief, now=now)
    assert ArticlePage.objects.get(pk=draft.pk).title == "Bản thảo chưa ai duyệt"
    approved.refresh_from_db()
    assert approved.content["title"] == "Bản thảo chưa ai duyệt"


def test_an_autosave_that_was_on_its_way_does_not_take_back_what_a_person_saved(reporter: User, draft: ArticlePage, client: Client) -> None:
    client.force_login(reporter)
    address, loaded = reverse("wagtailadmin_pages:edit", args=[draft.pk]), latest_revision(draft)
    assert loaded is not None
    created_at = client.get(address).context["loaded_revision_created_at"]
    first = {"loaded_revision_id": str(loaded.pk), "loaded_revision_created_at": created_at}
    assert client.post(address, form_of(draft, title="Nửa câu", **first), headers={"accept": "application/json"}).json()["success"]
    autosaved = latest_revision(draft)
    assert autosaved is not None
    same = {"overwrite_revision_id": str(autosaved.pk), "loaded_revision_id": str(autosaved.pk)}
    client.post(address, form_of(draft, title="Cả câu", **same))
    late = client.post(address, form_of(draft, title="Nửa câu", **same), headers={"accept": "application/json"})
    assert not late.json()["success"]
    newest = latest_revision(draft)
    assert newest is not None and newest.content["title"] == "Cả câu"


def test_a_revision_that_an_approval_names_is_never_overwritten(reporter: User, editor: User, editor_in_chief: User, draft: ArticlePage, now: datetime) -> None:
    to_approved(draft, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    approved = latest_revision(draft)
    assert approved is not None
    version = approved.as_object()
    version.title = "Ghi đè"
    new = version.save_revision(user=reporter, overwrite_revision=approved)
    assert new.pk != approved.pk
    approved.refresh_from_db()
    assert approved.content["title"] == "Bản thảo chưa ai duyệt"


def test_words_changed_under_an_approval_are_not_published(reporter: User, editor: User, editor_in_chief: User, draft: ArticlePage, now: datetime) -> None:
    to_approved(draft, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    approved = latest_revision(draft)
    assert approved is not None
    type(approved).objects.filter(pk=approved.pk).update(content={**approved.content, "title": "Sửa thẳng trong cơ sở dữ liệu"})
    with pytest.raises(desk.NotAllowed):
        releases.release_now(story=draft, actor=editor_in_chief, now=now)
    assert not is_live(draft)


def test_a_section_goes_live_by_its_own_service_only(admin: User, reporter: User) -> None:
    section = SectionPage.objects.get(pk=make_home().add_child(instance=SectionPage(title="Kinh tế", slug="kinh-te", live=False)).pk)
    section.live = True
    with pytest.raises(DoorClosed):
        section.save()
    with pytest.raises(DoorClosed):
        SectionPage.objects.get(pk=section.pk).save_revision().publish()


def test_every_live_change_has_its_event(live_story: ArticlePage) -> None:
    event = StoryEvent.objects.get(story=live_story)
    assert event.revision_id == live_story.live_revision_id
    assert event.digest


DOORS = {"door_open", "PublishRevisionAction", "UnpublishPageAction", "publish", "unpublish"}


def doors_called(path: Path) -> set[str]:
    """The calls of a module that change what readers see, however the object before the dot is called."""
    calls = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return {name for call in calls if (name := getattr(call, "attr", getattr(call, "id", ""))) in DOORS}


def test_only_the_services_open_the_door_and_call_publish() -> None:
    """A new door must come into this list, and into docs/doors.md, on purpose."""
    allowed = {
        "newsroom/articles/services.py": {"door_open"},
        "newsroom/articles/demo.py": {"door_open"},
        "publishing/releases/services.py": {"door_open", "publish", "UnpublishPageAction"},
        "publishing/releases/sections.py": {"door_open", "publish", "UnpublishPageAction"},
    }
    paths = [path for package in ("newsroom", "publishing", "distribution") for path in (ROOT / package).rglob("*.py")]
    ours = [path for path in paths if ROOT / "distribution/rehearsal" not in path.parents]  # a platform of its own, with posts of its own
    found = {str(path.relative_to(ROOT)): called for path in ours if (called := doors_called(path))}
    assert found == allowed


def test_the_admin_api_cannot_publish(draft: ArticlePage, admin: User, client: Client) -> None:
    client.force_login(admin)
    for act in ("publish", "unpublish", "copy", "create_alias", "move"):
        client.post(f"/admin/api/main/pages/{draft.pk}/action/{act}/", json.dumps({}), content_type="application/json")
    assert not ArticlePage.objects.filter(live=True).exists()
