"""Videos in Wagtail's admin: the list, a video's page, the chooser."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from newsroom.common.errors import NewsroomError
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import services
from newsroom.media.videos.permissions import policy
from newsroom.media.videos.views import upload_page


class StatePanel(Panel):
    """How far the video is, the video itself, and the choice of its poster."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one video."""

        template_name = "newsroom/media/video_state.html"

        class Media:
            """The module that shows the progress."""

            js = ["media/video_state.js"]

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The video."""
            return super().get_context_data(parent_context) | {"video": self.instance}


def _uploader(video: NewsVideo) -> str:
    """Their name; nothing for the demo's videos and for accounts that are gone."""
    return video.uploaded_by.display_name if video.uploaded_by else ""


class IndexView(generic.IndexView):
    """The list, newest first."""

    def get_base_queryset(self) -> Any:
        """With who uploaded it."""
        return super().get_base_queryset().select_related("uploaded_by")


class OwnOrAll:
    """Wagtail asks whether somebody may change videos at all; here, whether this one."""

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        """The video. Raises PermissionDenied."""
        video = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if not policy.user_has_permission_for_instance(self.request.user, self.permission_required, video):  # type: ignore[attr-defined]
            raise PermissionDenied
        return video


class EditView(OwnOrAll, generic.EditView):
    """A video's page."""


class DeleteView(OwnOrAll, generic.DeleteView):
    """Deletes what no story shows; says so where one does."""

    def delete_action(self) -> None:
        """Through the service. Raises NewsroomError."""
        services.delete_video(video=self.object)

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete, or say why not."""
        try:
            services.refuse_deletion(self.object)
            return super().form_valid(form)
        except NewsroomError as error:
            messages.error(self.request, str(error))
            return redirect("videos:edit", self.object.pk)


class VideoViewSet(ModelViewSet):
    """Videos: uploaded in chunks, then described, captioned, given a poster."""

    model = NewsVideo
    icon = "media"
    menu_label = _("Videos")
    menu_name = "videos"
    menu_order = 310
    add_to_admin_menu = True
    index_view_class = IndexView
    edit_view_class = EditView
    delete_view_class = DeleteView
    copy_view_enabled = False
    list_display = ["title", Column("get_state_display", label=pgettext_lazy("video", "State"), sort_key="state"), Column("uploaded_by", label=pgettext_lazy("video", "Uploaded by"), accessor=_uploader), Column("created_at", label=pgettext_lazy("video", "Uploaded at"), sort_key="created_at")]
    list_filter = ["state"]
    search_fields = ["title", "caption", "credit"]
    search_backend_name = None
    panels = [
        StatePanel(), FieldPanel("title"), FieldPanel("caption"), FieldRowPanel([FieldPanel("credit"), FieldPanel("source")]), FieldPanel("licence"),
        InlinePanel("captions", heading=_("Captions"), label=_("Captions"), panels=[FieldPanel("language"), FieldPanel("file")]),
    ]  # fmt: skip

    @property
    def add_view(self) -> Any:
        """A video begins with its file."""

        def add(request: HttpRequest) -> HttpResponse:
            return upload_page(request)

        return add


class _WithState(chooser.BaseChooseView):
    """The chooser's list says how far each video is."""

    @property
    def columns(self) -> list[Any]:
        """Title, state, time."""
        return [*super().columns, Column("get_state_display", label=pgettext_lazy("video", "State")), Column("created_at", label=pgettext_lazy("video", "Uploaded at"))]


class ChooseView(_WithState, chooser.ChooseView):
    """The chooser."""


class ChooseResultsView(_WithState, chooser.ChooseResultsView):
    """A further page of it."""


class VideoChooserViewSet(ChooserViewSet):
    """Choosing a video for a story. One that is still on its way may be chosen; one that was refused is not offered."""

    model = NewsVideo
    icon = "media"
    choose_one_text = _("Choose a video")
    choose_another_text = _("Choose another video")
    edit_item_text = _("Open this video")
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView

    def get_object_list(self) -> Any:
        """What may still become a video for readers."""
        return NewsVideo.objects.exclude(state=VideoState.REFUSED)


video_chooser_viewset = VideoChooserViewSet("video_chooser")
VideoChooserBlock = video_chooser_viewset.get_block_class("VideoChooserBlock", module_path="newsroom.media.videos.viewsets")
