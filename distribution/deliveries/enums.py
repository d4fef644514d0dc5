"""Operations and states of a delivery, and every legal step between states (docs/deliveries.md has the table in words)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Operation(models.TextChoices):
    """What a delivery does to the channel."""

    PUBLISH = "publish", pgettext_lazy("delivery", "Post")
    UPDATE = "update", pgettext_lazy("delivery", "Edit the post")
    DELETE = "delete", pgettext_lazy("delivery", "Take the post down")
    COMMENT = "comment", pgettext_lazy("delivery", "First comment")
    REPLY = "reply", pgettext_lazy("delivery", "Notice under the post")
    REFRESH = "refresh", pgettext_lazy("delivery", "Renew the link card")
    BROADCAST = "broadcast", pgettext_lazy("delivery", "Send to followers")


# May be repeated without harm, so a lost answer is no question.
REPEATABLE = frozenset({Operation.UPDATE, Operation.DELETE, Operation.REFRESH})
# Where the platform cannot do them, a person does.
CHANGES = frozenset({Operation.UPDATE, Operation.DELETE})
# Work after a post is there: its failure never changes what is said of the post.
COMMENTS = frozenset({Operation.COMMENT, Operation.REPLY})
FOLLOW_UPS = frozenset({*COMMENTS, Operation.REFRESH, Operation.BROADCAST})


class DeliveryState(models.TextChoices):
    """Where a delivery stands (knowledge/channels.md 19.3)."""

    SCHEDULED = "scheduled", pgettext_lazy("delivery state", "Waiting to post")
    READY = "ready", pgettext_lazy("delivery state", "Waiting to post")
    STAGING = "staging", pgettext_lazy("delivery state", "Preparing")
    STAGED = "staged", pgettext_lazy("delivery state", "Preparing")
    COMMITTING = "committing", pgettext_lazy("delivery state", "Posting")
    VERIFYING = "verifying", pgettext_lazy("delivery state", "Being checked")
    PROCESSING = "processing", pgettext_lazy("delivery state", "The platform is working on it")
    PROCESSING_SLOW = "processing_slow", pgettext_lazy("delivery state", "The platform is working on it (long)")
    RETRY_WAIT = "retry_wait", pgettext_lazy("delivery state", "Waiting to post")
    BLOCKED_AUTH = "blocked_auth", pgettext_lazy("delivery state", "On hold (connect again)")
    BLOCKED_RATE = "blocked_rate", pgettext_lazy("delivery state", "On hold (slowed down)")
    BLOCKED_QUOTA = "blocked_quota", pgettext_lazy("delivery state", "On hold (quota used up)")
    HELD = "held", pgettext_lazy("delivery state", "On hold (held)")
    WAITING_FOR_HUMAN = "waiting_for_human", pgettext_lazy("delivery state", "Waiting for a person")
    UNCONFIRMED = "unconfirmed", pgettext_lazy("delivery state", "Not clear whether it was posted")
    FAILED = "failed", pgettext_lazy("delivery state", "Posting failed")
    PUBLISHED = "published", pgettext_lazy("delivery state", "Posted")
    CANCELLED = "cancelled", pgettext_lazy("delivery state", "Cancelled")
    EXPIRED = "expired", pgettext_lazy("delivery state", "Too late, not posted")


class Saw(models.TextChoices):
    """What the last look of the night saw of a post."""

    THERE = "there", pgettext_lazy("sighting", "It is there")
    GONE = "gone", pgettext_lazy("sighting", "It is not there")
    BACK = "back", pgettext_lazy("sighting", "It is there although it was taken down")
    UNCLEAR = "unclear", pgettext_lazy("sighting", "Not clear")


S = DeliveryState
BLOCKED = frozenset({S.BLOCKED_AUTH, S.BLOCKED_RATE, S.BLOCKED_QUOTA, S.HELD})
# Nothing has been sent that readers could see, and nothing is on its way: these may be cancelled.
BEFORE_COMMIT = frozenset({S.SCHEDULED, S.READY, S.STAGING, S.STAGED, S.RETRY_WAIT, *BLOCKED})
# The outcome of a commit is on its way or unknown: nobody may cancel, a take-down waits.
IN_FLIGHT = frozenset({S.COMMITTING, S.VERIFYING, S.PROCESSING, S.PROCESSING_SLOW, S.WAITING_FOR_HUMAN, S.UNCONFIRMED})
# Nothing of it is on the channel, and nothing will be.
DEAD = frozenset({S.CANCELLED, S.EXPIRED})
FINISHED = frozenset({S.PUBLISHED, S.CANCELLED, S.EXPIRED})
# Waiting for a person.
ASKS = frozenset({S.FAILED, S.UNCONFIRMED, S.PROCESSING_SLOW, S.WAITING_FOR_HUMAN})
# A worker may take these when their time has come.
WORKABLE = frozenset({S.READY, S.STAGED, S.VERIFYING, S.PROCESSING, S.PROCESSING_SLOW, S.WAITING_FOR_HUMAN})
# In these a row holds its account's one place: the next of the account waits.
IN_LINE = frozenset({S.READY, S.STAGING, S.STAGED, S.COMMITTING})

_DROP = frozenset({S.CANCELLED, S.EXPIRED})
_AGAIN = frozenset({S.READY}) | _DROP
# A worker that was taken for dead brings the answer of its call after all.
_LATE = frozenset({S.PUBLISHED, S.WAITING_FOR_HUMAN})
TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    S.SCHEDULED: _AGAIN,
    # WAITING_FOR_HUMAN: an edit or a take-down that the channel cannot do.
    # FAILED: its payload no longer fits the channel.
    S.READY: frozenset({S.STAGING, S.FAILED, *BLOCKED}) | _DROP | _LATE,
    S.STAGING: frozenset({S.STAGED, S.PROCESSING, S.RETRY_WAIT, S.FAILED, S.READY, *BLOCKED}) | _DROP | _LATE,
    # PUBLISHED, WAITING_FOR_HUMAN: a look that was owed before committing again found the post or its draft. READY: the lease ran out.
    S.STAGED: frozenset({S.COMMITTING, S.PUBLISHED, S.WAITING_FOR_HUMAN, S.READY, S.RETRY_WAIT, S.FAILED, S.UNCONFIRMED, *BLOCKED}) | _DROP,
    # BLOCKED_*: the platform refused outright, nothing was written. CANCELLED: such a refusal, and the story was withdrawn meanwhile.
    # WAITING_FOR_HUMAN: the platform holds a draft; or it refused an edit or a take-down for good.
    S.COMMITTING: frozenset({S.PUBLISHED, S.PROCESSING, S.VERIFYING, S.WAITING_FOR_HUMAN, S.RETRY_WAIT, S.FAILED, S.CANCELLED, *BLOCKED}),
    # CANCELLED, EXPIRED: proved absent, and the story was withdrawn or the time is over.
    S.VERIFYING: frozenset({S.PUBLISHED, S.WAITING_FOR_HUMAN, S.STAGED, S.UNCONFIRMED, S.FAILED, S.CANCELLED, S.EXPIRED}),
    # READY: the platform was preparing, not posting.
    S.PROCESSING: frozenset({S.PUBLISHED, S.WAITING_FOR_HUMAN, S.FAILED, S.PROCESSING_SLOW, S.VERIFYING, S.READY}),
    S.PROCESSING_SLOW: frozenset({S.PUBLISHED, S.WAITING_FOR_HUMAN, S.FAILED, S.VERIFYING}),
    S.RETRY_WAIT: _AGAIN | _LATE,
    S.BLOCKED_AUTH: _AGAIN | _LATE,
    S.BLOCKED_RATE: _AGAIN | _LATE,
    S.BLOCKED_QUOTA: _AGAIN | _LATE,
    S.HELD: _AGAIN | _LATE,
    # FAILED: the platform lost the draft. READY: an edit or a take-down that can be sent after all; never a post, `move` sees to it.
    S.WAITING_FOR_HUMAN: frozenset({S.PUBLISHED, S.FAILED, S.READY}) | _DROP,
    # By a person only. VERIFYING: look again. STAGED: "it is not there". PUBLISHED: "it is there", or the answer came late.
    S.UNCONFIRMED: frozenset({S.PUBLISHED, S.WAITING_FOR_HUMAN, S.STAGED, S.VERIFYING, S.CANCELLED}),
    # VERIFYING: a manual retry always looks first. READY: where nothing was ever sent.
    S.FAILED: frozenset({S.READY, S.VERIFYING, S.PUBLISHED, S.WAITING_FOR_HUMAN, S.CANCELLED}),
    S.PUBLISHED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}
