"""What several tests wait for."""

import anyio

PATIENCE = 20  # seconds that something may take on a busy machine


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
