"""What the machine lacks for videos is said before somebody uploads one."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.utils.translation import gettext as _

from newsroom.media.videos import ffmpeg


@register()
def ffmpeg_is_there(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn where videos could not be checked or converted."""
    if ffmpeg.find_ffmpeg():
        return []
    hint = _("Install ffmpeg, or name it in FFMPEG. Until then uploads are kept and wait.")
    return [Warning(_("There is no ffmpeg on this machine: videos cannot be checked or converted."), hint=hint, id="media.W001")]
