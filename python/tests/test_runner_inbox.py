"""The queue behind ``_info``, and timers."""

import asyncio
import selectors

import anyio
import pytest

from distkv.runner import ChangeMsg, CompleteState, Inbox, MQTTmsg, PartialState, ReadyMsg, Timer, TimerMsg
from distkv.runner.cause import cause
from distkv.runner.inbox import CAPACITY, MAX_STATES

pytestmark = pytest.mark.anyio


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still while anything is to do, and then leaps to the next timer."""

    def __init__(self):
        self.now = 0.0
        super().__init__(selectors.DefaultSelector())
        wait = self._selector.select

        def select(timeout):
            events = wait(None if timeout is None else 0)
            if not events and timeout:
                self.now += timeout
            return events

        self._selector.select = select

    def time(self):
        return self.now


@pytest.fixture
def anyio_backend():
    return "asyncio", {"loop_factory": LeapingLoop}  # workers run on asyncio only


def fail(exc):
    raise exc


async def test_messages_come_in_the_order_they_were_put():
    inbox = Inbox(idle=10)
    messages = [ReadyMsg(0), CompleteState(), ChangeMsg(1), ChangeMsg(2)]
    for message in messages:
        inbox.put(message)
    assert [await inbox.get() for _ in messages] == messages


async def test_what_a_job_does_after_a_change_has_it_as_its_cause():
    inbox = Inbox(idle=10)
    for message in [ReadyMsg(0), ChangeMsg({"tock": 256}), ChangeMsg({"tock": 512}), MQTTmsg(b"")]:
        inbox.put(message)
    seen = []

    async def task():
        seen.append(cause.get())

    for _ in range(4):
        await inbox.get()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(task)
        seen.append(cause.get())
    assert seen == [0, 0, 256, 256, 512, 512, 0, 0]


async def test_a_reader_that_waits_is_woken():
    inbox = Inbox(idle=10)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(inbox.get)
        await anyio.wait_all_tasks_blocked()
        inbox.put(ReadyMsg(0))
    assert inbox.qsize() == 0


async def test_a_cancelled_reader_takes_no_message_with_it():
    inbox = Inbox(idle=10)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(inbox.get)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
        inbox.put(ReadyMsg(7))
    assert (await inbox.get()).msg == 7


async def test_a_full_inbox_holds_watches_back_until_the_reader_has_caught_up():
    inbox = Inbox(idle=10)
    put = []

    async def watch():
        for i in range(3 * CAPACITY):
            if inbox.full:
                await inbox.wait_for_space()
            inbox.put(ChangeMsg(i))
            put.append(i)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await anyio.wait_all_tasks_blocked()
        assert len(put) == CAPACITY
        taken = []
        while len(taken) < 3 * CAPACITY:
            assert inbox.qsize() <= CAPACITY
            taken.append((await inbox.get()).msg)
    assert taken == list(range(3 * CAPACITY))


async def test_two_watches_share_the_room():
    inbox = Inbox(idle=10)

    async def watch(name):
        for _ in range(2 * CAPACITY):
            if inbox.full:
                await inbox.wait_for_space()
            inbox.put(ChangeMsg(name))

    async with anyio.create_task_group() as tasks:
        for name in "ab":
            tasks.start_soon(watch, name)
        await anyio.wait_all_tasks_blocked()
        seen = {"a": 0, "b": 0}
        for _ in range(4 * CAPACITY):
            assert inbox.qsize() <= CAPACITY
            seen[(await inbox.get()).msg] += 1
    assert seen == {"a": 2 * CAPACITY, "b": 2 * CAPACITY}


async def test_room_says_for_how_many():
    inbox = Inbox(idle=10)
    for i in range(3):
        inbox.put(ChangeMsg(i))
    assert await inbox.wait_for_space() == CAPACITY - 3


async def test_watches_with_much_to_say_take_turns():
    inbox = Inbox(idle=10)

    async def watch(name):
        while True:
            for _ in range(await inbox.wait_for_space()):
                inbox.put(ChangeMsg(name))

    async with anyio.create_task_group() as tasks:
        for name in "abc":
            tasks.start_soon(watch, name)
        seen = {"a": 0, "b": 0, "c": 0}
        for _ in range(12 * CAPACITY):
            seen[(await inbox.get()).msg] += 1
        tasks.cancel_scope.cancel()
    assert min(seen.values()) >= 2 * CAPACITY


async def test_a_watch_that_ends_while_it_waits_lets_the_next_one_in():
    inbox = Inbox(idle=10)
    for _ in range(await inbox.wait_for_space()):
        inbox.put(ChangeMsg("old"))
    first = anyio.CancelScope()

    async def cancelled():
        with first:
            await inbox.wait_for_space()

    async def watch():
        await inbox.wait_for_space()
        inbox.put(ChangeMsg("new"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cancelled)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(watch)
        await anyio.wait_all_tasks_blocked()
        for _ in range(CAPACITY):
            await inbox.get()
        first.cancel()
        with anyio.fail_after(5):
            assert (await inbox.get()).msg == "new"


async def test_what_is_not_from_a_watch_never_waits():
    inbox = Inbox(idle=10)
    for i in range(CAPACITY):
        inbox.put(ChangeMsg(i))
    assert inbox.full
    inbox.put(TimerMsg("now"))
    inbox.put_state(CompleteState())
    assert inbox.qsize() == CAPACITY + 2


async def test_of_too_many_group_states_the_oldest_goes():
    inbox = Inbox(idle=10)
    inbox.put(TimerMsg("stays"))
    for i in range(MAX_STATES + 5):
        inbox.put_state((CompleteState, PartialState)[i % 2](i))
    assert inbox.qsize() == MAX_STATES + 1
    assert (await inbox.get()).msg == "stays"
    assert (await inbox.get()).msg == 5


@pytest.mark.parametrize("asked_for", [ChangeMsg(1), MQTTmsg(1), TimerMsg(1)])
async def test_a_reader_that_takes_nothing_finds_none_and_then_the_end(asked_for):
    inbox = Inbox(idle=0.05)
    inbox.put(ReadyMsg(0))
    await inbox.get()
    inbox.put(asked_for)
    await anyio.sleep(0.1)
    assert inbox.full
    inbox.put(TimerMsg("too late"))
    assert [message async for message in inbox] == [None]
    assert inbox.gave_up
    with pytest.raises(StopAsyncIteration):
        await inbox.get()


async def test_who_has_not_begun_to_read_is_not_stalled():
    inbox = Inbox(idle=0.05)
    for message in (ReadyMsg(0), CompleteState(1), ChangeMsg(1), TimerMsg(1)):
        inbox.put(message)
    await anyio.sleep(0.2)
    assert not inbox.full
    assert (await inbox.get()).msg == 0
    # From here on it is.
    await anyio.sleep(0.1)
    assert [message async for message in inbox] == [None]


async def test_messages_that_come_unasked_are_not_waited_for():
    inbox = Inbox(idle=0.05)
    inbox.put(ReadyMsg(0))
    inbox.put(timer := TimerMsg(1))
    await inbox.get()
    inbox.withdraw(timer)
    inbox.put(ReadyMsg(1))
    inbox.put_state(CompleteState(1))
    await anyio.sleep(0.2)
    assert not inbox.full
    assert inbox.qsize() == 2


async def test_a_slow_reader_is_not_a_stalled_one():
    inbox = Inbox(idle=0.2)
    for i in range(10):
        inbox.put(ChangeMsg(i))
    taken = []
    for _ in range(10):
        await anyio.sleep(0.05)
        taken.append(await inbox.get())
    assert None not in taken


async def test_a_reader_that_waits_for_messages_is_not_a_stalled_one():
    inbox = Inbox(idle=0.05)
    inbox.put(ReadyMsg(0))
    await inbox.get()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(inbox.get)
        await anyio.sleep(0.2)
        inbox.put(ReadyMsg(1))
    assert not inbox.full


async def test_an_event_loop_that_was_blocked_is_no_reason_to_give_up():
    inbox = Inbox(idle=0.2)
    inbox.put(ReadyMsg(0))
    await inbox.get()
    inbox.put(TimerMsg(0))
    asyncio.get_running_loop().now += 0.3  # another job's fault
    await anyio.sleep(0.01)
    assert (await inbox.get()).msg == 0


async def test_a_timer_fires_once_with_itself_as_the_message():
    inbox = Inbox(idle=10)
    timer = Timer(inbox, TimerMsg, fail)
    await timer.run(0.01)
    message = await inbox.get()
    assert type(message) is TimerMsg
    assert message.msg is timer
    await anyio.sleep(0.03)
    assert inbox.qsize() == 0


@pytest.mark.parametrize("delay", [0, -1, -0.5])
async def test_a_timer_of_zero_or_less_does_not_run(delay):
    inbox = Inbox(idle=10)
    timer = Timer(inbox, TimerMsg, fail)
    await timer.run(delay)
    assert not await timer.cancel()


async def test_run_starts_a_timer_again():
    inbox = Inbox(idle=10)
    timer = Timer(inbox, TimerMsg, fail)
    timer.run(1000)
    for _ in range(3):
        await timer.run(0.005)
        assert (await inbox.get()).msg is timer


async def test_a_timer_can_be_cancelled_with_and_without_await():
    inbox = Inbox(idle=10)
    timer = Timer(inbox, TimerMsg, fail)
    timer.run(0.01)
    assert await timer.cancel()
    timer.run(0.01)
    assert timer.cancel()
    assert not timer.cancel()
    await anyio.sleep(0.03)
    assert inbox.qsize() == 0


async def test_restarting_a_timer_takes_back_its_unread_message():
    inbox = Inbox(idle=10)
    timer = Timer(inbox, TimerMsg, fail)
    timer.run(0.001)
    await anyio.sleep(0.02)
    assert inbox.qsize() == 1
    timer.run(0.005)
    assert inbox.qsize() == 0
    await inbox.get()
    await anyio.sleep(0.02)
    assert inbox.qsize() == 0


@pytest.mark.parametrize("delay", ["1", None, float("nan")])
async def test_a_delay_that_is_no_number_is_refused(delay):
    with pytest.raises(TypeError, match="expected: a number of seconds"):
        Timer(Inbox(idle=10), TimerMsg, fail).run(delay)
