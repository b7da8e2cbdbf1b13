"""Why a job waits, does not run, or was ended."""

from __future__ import annotations

from enum import Enum

__all__ = ["Reason"]


class Reason(Enum):
    """
    A reason as code goes by it; the value is the word that is stored.

    Where the text of a reason names a procedure or labels, the word is stored beside the text. States from before that
    have only the text; `read` knows those texts, too.
    """

    NONE = ""
    # What is decided about a job that does not run.
    NO_CODE = "no code"
    TARGET = "target > started"
    REPEAT = "repeat"
    CRON = "cron"
    BACKOFF = "backoff"
    CHANGED_AFTER_ERROR = "changed after an error"
    NO_PROCEDURE = "no procedure"
    BAD_PROCEDURE = "bad procedure"
    NO_NODE_HAS = "no node has"
    NODES_DRAINED = "every node is drained"
    NODE_LACKS = "this node lacks"
    # What a node's own rules say to it.
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    SIGNED_ELSEWHERE = "signed for another path"
    UNKNOWN_KEY = "unknown key"
    KEY_OUT_OF_PREFIX = "key not for this path"
    OLDER_THAN_ACCEPTED = "older than accepted"
    NOT_RECORDED = "acceptance not recorded"
    BEYOND_SIGNED = "beyond what is signed"
    AUTHOR_NOT_ACCEPTED = "author not accepted"
    LIMITS_NOT_ACCEPTED = "limits not accepted"
    NO_NODE_ACCEPTS = "no node accepts"
    # How a run ended, or why it was ended.
    DONE = "done"
    FAILED = "failed"
    NO_TARGET = "no target"
    ENTRY_DELETED = "entry deleted"
    BAD_ENTRY = "bad entry"
    CODE_CHANGED = "code changed"
    DATA_CHANGED = "data changed"
    LIMITS_CHANGED = "limits changed"
    TARGET_CHANGED = "target changed"
    SETTINGS_CHANGED = "settings changed"
    CLAIM_LOST = "claim lost"
    HANDED_OVER = "handed over"
    NOT_NEEDED = "not needed"
    MOVED = "moved"
    CUT_OFF = "cut off"
    NODE_LOST = "node lost"
    STALLED = "stalled"
    SERVER_LOST = "server lost"
    WORKER_RESTARTED = "worker restarted"
    RUNNER_STOPPED = "runner stopped"
    OTHER = "other"
    """Something that another implementation wrote."""

    @classmethod
    def read(cls, text: str, word: str | None = None) -> Reason:
        """Return the reason of a state with this text, and the word stored beside it, if any."""
        known = _BY_WORD.get(word) if word else None
        known = known or _BY_WORD.get(text)
        return _of_old_text(text) if known is None else known

    @classmethod
    def of_outcome(cls, text: str) -> Reason:
        """Return how a past run ended: its outcome is a reason's word, or ``failed: …``."""
        if text.startswith(f"{cls.FAILED.value}:"):
            return cls.FAILED
        return _BY_WORD.get(text, cls.OTHER)


_BY_WORD = {reason.value: reason for reason in Reason}


def _of_old_text(text: str) -> Reason:
    for reason in (Reason.NO_PROCEDURE, Reason.BAD_PROCEDURE, Reason.NO_NODE_HAS, Reason.NODE_LACKS):
        if text.startswith(f"{reason.value} "):
            return reason
    return Reason.NODES_DRAINED if text.startswith("every node ") else Reason.OTHER
