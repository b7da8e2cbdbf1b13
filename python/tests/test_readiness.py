"""What `ReadyMsg` counts. The Java worker's `ReadinessTest` has the same histories."""

import pytest

from distkv.runner.watchers import Readiness

HISTORIES = {
    "each watch that is ready counts": ("open 1, open 2, ready 1, ready 2", [2]),
    "one that is opened later makes one more": ("open 1, ready 1, open 2, ready 2", [1, 2]),
    "one that is cancelled after it was ready still counts": ("open 1, ready 1, close 1, open 2, ready 2", [1, 2]),
    "one that is cancelled before it was ready is not waited for": ("open 1, open 2, ready 1, close 2", [1]),
    "nor does it count": ("open 1, close 1, open 2, ready 2", [1]),
    "a watch counts once, also if it sends all again": ("open 1, ready 1, ready 1, close 1, close 1", [1]),
    "a job whose only watch is cancelled hears nothing": ("open 1, close 1", []),
}


@pytest.mark.parametrize("what", HISTORIES)
def test_what_is_counted(what):
    history, expected = HISTORIES[what]
    told = []
    readiness = Readiness(told.append)
    does = {"open": readiness.opened, "ready": readiness.ready, "close": readiness.closed}
    for step in history.split(", "):
        word, watch = step.split()
        does[word](watch)
    assert told == expected
