# Turns the counter at `source` into time slots of `length` seconds: how much it grew in each is below `target`, under
# the slot's start in unix time. What the present slot has so far is kept at `target` itself, so a restart loses nothing.
import time


def slot():
    return int(time.time() // length * length)


async def roll():
    if state["slot"] < slot():
        await _client.set(target + (state["slot"],), value=state["sum"], idem=True)
        state.update(slot=slot(), sum=0)
        await _client.set(target, value=state)


def grown(count):
    last = state["count"]
    if last is None:
        return 0
    # A counter that is lower than before has begun anew.
    return count - last if count >= last else count


res = await _client.get(target)
state = res.value if "value" in res else {"slot": slot(), "sum": 0, "count": None}
await _self.watch(source)
await _self.setup_done()
timer = await _self.timer(slot() + length - time.time())
async for msg in _info:
    if msg is None:
        return "stalled"
    await roll()
    if isinstance(msg, _cls.TimerMsg):
        await timer.run(slot() + length - time.time())
    elif isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
        state.update(sum=state["sum"] + grown(msg.value), count=msg.value)
        await _client.set(target, value=state)
