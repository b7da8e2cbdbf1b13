"""Three examples of stored code from the field, at a real server."""

from distkv.util import P

SCALE = """
await _self.watch(source, fetch=True)
async for msg in _info:
    if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
        await _client.set(destination, value=_digits(msg.value * factor + offset), idem=False)
"""

SWITCH = """
state = None
await _self.watch(source)
async for msg in _info:
    if not isinstance(msg, _cls.ChangeMsg) or "value" not in msg.msg:
        continue
    res = await _client.get(destination)
    state = res.value if "value" in res else None
    new = True if msg.value >= high else False if msg.value <= low else state
    if new is not None and new != state:
        await _client.set(destination, value=new)
"""

SLOTS = """
total, timer = 0, None
await _self.watch(source, fetch=False)
async for msg in _info:
    if isinstance(msg, _cls.TimerMsg):
        await _client.set(destination, value=total)
        total = 0
    elif isinstance(msg, _cls.ChangeMsg):
        total += msg.value
        if timer is None:
            timer = await _self.timer(0)
        if total == msg.value:
            await timer.run(slot)
"""


def test_field_example_scale(worker, tree):
    worker.start(SCALE, globals={"source": P("test.in"), "destination": P("test.out"), "factor": 1.8, "offset": 32})
    for celsius, fahrenheit in ((20, 68.0), (-40, -40.0), (36.6, 97.88)):
        tree.set("test.in", celsius)
        tree.wait_for("test.out", fahrenheit)


def test_field_example_switch_with_hysteresis(worker, tree):
    worker.start(SWITCH, globals={"source": P("test.in"), "destination": P("test.out"), "low": 18, "high": 22})
    for value, state in ((25, True), (20, True), (15, False), (20, False), (22, True)):
        tree.set("test.in", value)
        tree.wait_for("test.out", state)


def test_field_example_time_slots(worker, tree):
    run = worker.start(SLOTS, globals={"source": P("test.in"), "destination": P("test.out"), "slot": 0.2})
    worker.expect("started", run=run)
    while not tree.get("test.out"):
        tree.set("test.in", 1)
    assert tree.get("test.out") >= 1
