"""What people read about a failure. English source sentences; the layers above translate them.

The key is the failure's `code`. A connector adds its own codes here, not in the layers above.
"""

from __future__ import annotations


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


MESSAGES: dict[str, str] = {
    "no_connection": _("The platform could not be reached. It is tried again by itself."),
    "platform_down": _("The platform had a fault of its own. It is tried again by itself."),
    "lost_answer": _("The platform's answer was lost. We look whether the post is there before anything is sent again."),
    "unreadable": _("The platform answered something that cannot be read."),
    "throttled": _("The platform asks for a pause. It goes on by itself."),
    "token_dead": _("The connection to the channel is no longer valid. Connect it again; what waits goes out by itself."),
    "missing_permission": _("The connection lacks a permission. Connect the channel again and tick every permission."),
    "bad_content": _("The platform refused the content. Change the text or the pictures."),
    "config": _("The platform's application is not set up rightly. An administrator must look."),
    "blocked": _("The platform has blocked the account for a time. A person must look at the account."),
    "duplicate": _("The platform says that the same post is already there. We look for it."),
    "gone": _("The post is no longer on the platform."),
    "picture_too_big": _("A picture is too large for the platform."),
    "no_picture": _("A picture of the story cannot be read."),
    "link_preview": _("The platform could not read the story's page for the link card."),
    "text_too_long": _("The text is too long for this channel: %(count)d of %(limit)d characters."),
    "text_empty": _("The channel text is empty."),
    "too_many_pictures": _("This channel takes at most %(limit)d pictures; the rest is left out."),
    "no_page_token": _("The platform gave no key for this Page. Tick the Page while connecting."),
    "wrong_page": _("The key belongs to another Page."),
    "no_target": _("The account manages no Page that can be posted to."),
    "no_video": _("The story has no video that is ready. Add one, or leave this channel out."),
    "video_changed": _("The video file is not the one that was approved. Publish the story again."),
    "title_too_long": _("The title is too long for this channel: %(count)d of %(limit)d characters. Write a shorter headline for social networks."),
    "title_empty": _("The title is empty."),
    "description_too_long": _("The text is too long for this channel: %(count)d of %(limit)d bytes (a Vietnamese letter takes two or three)."),
    "angle_brackets": _("This channel takes no “<” and “>”. Write it without them."),
    "too_long_video": _("The video is longer than this channel takes: %(count)d of %(limit)d minutes."),
    "video_rejected": _("The platform cannot use the uploaded video. Look at it in YouTube Studio, then publish the story again."),
    "kept_private": _("YouTube keeps the video private although it should be public: the application has not been audited by Google, or the channel is restricted. An administrator must look."),
    "daily_quota": _("The application's daily quota at the platform is used up. It goes on by itself after the reset."),
    "upload_limit": _("The channel has reached its number of uploads for today. It goes on by itself tomorrow."),
    "no_channel": _("The account has no YouTube channel. Create one at YouTube, then connect again."),
    "wrong_channel": _("The key belongs to another channel."),
    "signup_required": _("The account has no YouTube channel yet, or the channel is closed or suspended. A person must look."),
    "upload_expired": _("The upload was too old and begins anew."),
    "privacy_unset": _("Choose who may see the post on TikTok. Nothing is chosen for you there."),
    "privacy_not_offered": _("The account does not offer this choice of who may see the post. Choose another, then publish the story again."),
    "many_hashtags": _("TikTok's app takes at most %(limit)d hashtags; here are %(count)d."),
    "too_many_seconds": _("The video is longer than this channel takes: %(count)d of %(limit)d seconds."),
    "video_too_big": _("The video file is larger than this channel takes (4 GB)."),
    "video_sides": _("Each side of the video must have between %(least)d and %(most)d pixels."),
    "old_phone_app": _("The TikTok app on the account's phone is too old. Update it, then publish the story again."),
    "post_limit": _("TikTok takes no more posts from this account today. It goes on by itself tomorrow; post in the app what cannot wait."),
    "draft_limit": _("Too many drafts wait in the account's TikTok inbox. Finish or discard some in the app; it goes on by itself."),
    "app_user_cap": _("Our application has reached the number of accounts that TikTok lets it post for in a day. It goes on by itself tomorrow."),
    "not_audited": _("TikTok has not audited our application: it may post to private accounts only. An administrator must switch to drafts."),
    "unknown_publish_id": _("TikTok does not know this upload any more. Look in the app, then decide."),
    "foreign_upload": _("TikTok named an upload address that is not its own. Nothing was sent; an administrator must look."),
    "video_rejected_format": _("TikTok cannot read the video's format. Make the video anew."),
    "video_rejected_duration": _("The account may not post so long a video. Shorten it."),
    "video_rejected_frame_rate": _("TikTok takes videos of 23 to 60 pictures a second. Make the video anew."),
    "pictures_rejected_size": _("TikTok refused a picture for its size. Choose other pictures."),
    "text_rejected": _("TikTok takes the text for spam. Write it anew."),
    "post_cancelled": _("The post was cancelled on TikTok."),
    "post_failed": _("TikTok could not make a post of it. Try again."),
    "cannot_change": _("This platform lets nobody change or take down a post from outside. Do it in its app."),
    "media_processing": _("The platform still works on a picture or the video. It goes on by itself."),
    "media_rejected": _("The platform cannot use a picture or the video. Choose another one, then publish the story again."),
    "media_stuck": _("The platform did not become ready with a picture or the video. Try again in an hour."),
    "text_refused_long": _("The platform says that the text is too long. Shorten it."),
    "video_over_limit": _("The video file is larger than this channel takes (%(limit)d MB)."),
    "switched_off": _("This platform is switched off in the newsroom's configuration. What waits goes out once it is switched on."),
    "bot_rights": _("The bot is not an administrator of the channel, or lacks a right there. Give it the rights to post, edit and delete messages, then connect again."),
    "no_such_channel": _("Telegram knows no such channel, or the bot is not in it. Check the channel's name; make the bot an administrator of the channel."),
    "channel_moved": _("Telegram gave the channel another id. Connect it again."),
    "too_late_to_delete": _("Telegram lets the bot delete this message no more (after 48 hours, or without the right to). Delete it in the app."),
    "message_locked": _("Telegram lets the bot edit this message no more. Edit it in the app."),
    "cannot_reshape": _("Telegram cannot give this post more or fewer pictures than it has. Delete it in the app and post it anew, or edit it there."),
    "album_by_hand": _("The numbers of all pictures of this album are not known. Delete the whole album in the app."),
    "not_modified": _("The post already reads like that."),
    "no_server": _("There is no such server at this address, or it has moved. Check the address."),
    "no_cover": _("Zalo takes no article without a cover. Give the story a picture, or have an administrator set one for all stories without."),
    "oa_package": _("The Official Account is not verified at Zalo, or its paid package does not cover the interface (any more). A person must see to it at Zalo."),
    "oa_package_ends": _("The Official Account's paid package at Zalo ends within two weeks. Renew it, or nothing goes out there any more."),
    "oa_unverified": _("Zalo has not verified this Official Account."),
    "oa_not_authorised": _("The Official Account does not let our application do this, or its number of articles is used up. A person must look at Zalo."),
    "oa_gone": _("Zalo does not know this Official Account any more."),
    "oa_quota": _("The Official Account has used up what Zalo lets it send. It goes on by itself after the reset."),
    "article_busy": _("Zalo still works on the article. It is looked at again by itself."),
    "article_stuck": _("Zalo has worked on the article for an hour without an end. Look in Zalo's console, then decide."),
    "refused_there": _("The platform refused it in its own words. Read them, then decide."),
    "broadcast_night": _("Zalo sends to followers between 6:00 and 21:59 only. Nothing was sent; start it again in the morning."),
    "bug": _("A fault in our own program. The developers are told."),
}


def sentence(code: str) -> str:
    """The source sentence of a code."""
    return MESSAGES.get(code, MESSAGES["bug"])
