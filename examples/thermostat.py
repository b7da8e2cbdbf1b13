# Keeps a room warm by a sensor and a relay that are files of this node. How warm is in the tree, at `wanted`. While this
# node sees nobody else of its group, which is what being cut off looks like, the last wish holds for `patience` seconds;
# then `safe` degrees have to do. What it does is told at `status`, as soon as that can be written.
# It belongs to one node (run -n NODE), in a group of two nodes or more; that node must grant its code both files, by
# sandbox.paths.
import time

from distkv.exceptions import ServerConnectionError


def read():
    with open(sensor) as file:
        return float(file.read()) * scale


def switch(on):
    with open(relay, "w") as file:
        file.write("1" if on else "0")


wish = safe
heating = None
group = "broken"
alone = time.monotonic()
told = None
await _self.watch(wanted)
await _self.setup_done()
timer = await _self.timer(interval)
async for msg in _info:
    if msg is None:
        return "stalled"
    if isinstance(msg, _cls.TimerMsg):
        await timer.run(interval)
    elif isinstance(msg, _cls.ChangeMsg):
        wish = getattr(msg, "value", safe)
    elif isinstance(msg, _cls.CompleteState):
        group, alone = "complete", None
    elif isinstance(msg, _cls.PartialState):
        group, alone = "partial", None
    elif isinstance(msg, (_cls.DetachedState, _cls.BrokenState)):
        group, alone = "detached", alone or time.monotonic()

    goal = safe if alone and time.monotonic() - alone > patience else wish
    now = read()
    on = True if now < goal - margin else False if now > goal + margin else bool(heating)
    if on != heating:
        switch(on)
        heating = on
    status_now = {"now": now, "goal": goal, "heating": heating, "group": group}
    if status_now != told:
        try:
            await _client.set(status, value=status_now)
            told = status_now
        except ServerConnectionError:
            _log.info("cut off, cannot tell: %s", status_now)
