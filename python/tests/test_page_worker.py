"""Every example of docs/worker.md is sent to a real parent and real workers, in the page's order."""

import re

import pytest
from conftest import ROOT
from examples import Learned, messages, same, table
from fake_runner import FakeRunner, Peer

PAGE = "docs/worker.md"
CURRENT = ROOT / "build" / "current"
CHOSEN = ("pid", "python", "warning", "at")


@pytest.fixture
def runner(shared_server):
    """A runner. The server is not needed, but what it was built from is: the Java worker is there, too."""
    with FakeRunner() as runner:
        yield runner
    assert runner.stderr == []


def test_the_examples_are_what_parent_and_workers_say(runner):
    learned = known(runner)
    peers = {"parent": runner.parent}
    parties, keys = documented()
    shown_ops = set()
    for message in messages(PAGE):
        where = f"{PAGE}:{message.line}"
        op = message.value["op"]
        party = "parent" if message.who == "parent" else "worker"
        assert parties[party, op] == ("runner" if message.up else party), where
        assert keys[party, op] >= message.value.keys(), where
        shown_ops.add((party, op))
        if message.who not in peers:
            peers[message.who] = Peer(runner.accept())
            runner.workers.append(peers[message.who])
        peer = peers[message.who]
        if message.up:
            peer.send(**learned.real(message.value))
        else:
            said = runner.greeting if op == "parent" else peer.expect(op)
            learned.learn(message.value, said)
            assert same(said, learned.real(message.value)), f"{where}: {said}"
    assert shown_ops == keys.keys()


def known(runner):
    """What the page writes for the words of a command that depend on the place, and for a port where nobody listens."""
    java, app = (re.search(rf"^{name}=(.+)$", CURRENT.read_text(), re.MULTILINE)[1] for name in ("java", "app"))
    learned = Learned(*CHOSEN, "port", "java", "jars")
    jars = ":".join(map(str, (ROOT / app / "lib").glob("*.jar")))
    learned.learn({"port": 27586, "java": "java"}, {"port": 1, "java": java})
    learned.learn({"jars": "JARS"}, {"jars": jars})
    return learned


def documented():
    """Who sends which message, and the words in its column of keys, for the parent's table and the workers'."""
    parties, keys = {}, {}
    rows = [("parent", *row) for row in table(PAGE, "op", "from", "keys", "meaning")]
    rows += [("worker", *row) for row in table(PAGE, "op", "from", "keys", "meaning", after="## Worker")]
    for party, op, sender, words, _ in rows:
        parties[party, op] = sender
        keys[party, op] = {"op", *re.findall(r"\w+", words)}
    return parties, keys
