# Turns `switch` on when `source` falls below `low`, and off when it rises above `high`.
await _self.watch(source)
await _self.setup_done()
is_on = None
async for msg in _info:
    if msg is None:
        return "stalled"
    if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
        wanted = True if msg.value < low else False if msg.value > high else is_on
        if wanted != is_on:
            is_on = wanted
            await _client.set(switch, value=is_on)
