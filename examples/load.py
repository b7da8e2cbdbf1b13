# Reports this node's load below `target`, under the node's name, every `interval` seconds.
import os
import time


async def report():
    load = {"load": round(os.getloadavg()[0], 2), "cores": os.cpu_count(), "time": time.time()}
    await _client.set(target + (_client.client_name,), value=load)


await report()
await _self.setup_done()
timer = await _self.timer(interval)
async for msg in _info:
    if msg is None:
        return "stalled"
    if isinstance(msg, _cls.TimerMsg):
        await report()
        await timer.run(interval)
