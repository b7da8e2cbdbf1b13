# Reports this node's load below `target`, under the node's name, every `interval` seconds.
# While the server is away it reports nothing, and goes on.
import os
import time

from distkv.exceptions import ServerConnectionError


async def report():
    load = {"load": round(os.getloadavg()[0], 2), "cores": os.cpu_count(), "time": time.time()}
    try:
        await _client.set(target + (_client.client_name,), value=load)
    except ServerConnectionError:
        _log.info("cut off, cannot report: %s", load)


await report()
await _self.setup_done()
timer = await _self.timer(interval)
async for msg in _info:
    if msg is None:
        return "stalled"
    if isinstance(msg, _cls.TimerMsg):
        await report()
        await timer.run(interval)
