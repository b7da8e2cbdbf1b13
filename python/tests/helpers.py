"""What several tests wait for."""

import textwrap

import anyio
import pytest

PATIENCE = 20  # seconds that something may take on a busy machine

every_mode = pytest.mark.parametrize("mode", ["async", "sync", "thread"])


async def until(mirror, condition):
    """Wait until a condition holds that changes of a mirror bring about."""
    with anyio.fail_after(PATIENCE):
        await mirror.until(condition)


async def take(feed, count):
    """Take so many messages of a watch or a monitor."""
    with anyio.fail_after(PATIENCE):
        return [await feed.__anext__() for _ in range(count)]


def seen(items):
    """What a consumer is interested in: path and value, "-" if deleted, or the state."""
    return [(str(one.path), one.get("value", "-")) if "path" in one else one.state for one in items]


STALL = "import anyio\nawait _info.get()\nwhile not _info.full:\n    await anyio.sleep(0.001)\n"
"""Code that takes one message, and no other until it counts as stalled."""


def code(text):
    """Stored code that a test writes indented."""
    return textwrap.dedent(text)


def printed(worker):
    """What the code has printed or logged so far."""
    return [log["text"] for log in worker.kept("log")]


def lines(worker, run):
    """What the code printed up to its end."""
    outcome = worker.outcome(run)
    assert outcome["op"] == "done", outcome
    return printed(worker)


def wait_for(worker, *texts):
    """Wait until the code prints these lines."""
    for text in texts:
        worker.expect("log", text=text)
