# Keeps `target` at `source` * `factor` + `offset`, whenever `source` changes.
await _self.watch(source)
await _self.setup_done()
async for msg in _info:
    if msg is None:
        return "stalled"
    if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
        await _client.set(target, value=msg.value * factor + offset, idem=True)
