"""How much one run may log, on a clock of the test's own."""

from distkv.worker.runs.log_budget import CHARACTERS, RECORDS, RECORDS_PER_SECOND, LogBudget


def test_what_comes_at_once_is_bounded_and_grows_with_time():
    budget = LogBudget(0)
    assert all(budget.take(10, 0) == (True, None, 0) for _ in range(RECORDS))
    passes, notice, dropped = budget.take(10, 0)
    assert (passes, dropped) == (False, 0)
    assert notice is not None
    assert budget.take(10, 0.5) == (False, None, 0)
    assert budget.take(10, 1.1) == (True, "2 records were left out: too much was logged", 2)
    assert sum(budget.take(10, 1.1)[0] for _ in range(1_000)) == int(RECORDS_PER_SECOND * 1.1) - 1


def test_long_records_count_by_their_length():
    budget = LogBudget(0)
    assert budget.take(CHARACTERS, 0)[0]
    assert not budget.take(1, 0)[0]
    assert not budget.take(1, 0.9)[0]
    assert budget.take(1, 1)[0]


def test_a_record_that_is_longer_than_a_seconds_stock_passes_when_there_is_enough():
    budget = LogBudget(0)
    assert budget.take(CHARACTERS - 1, 0)[0]
    assert not budget.take(CHARACTERS >> 1, 0)[0]
    assert not budget.take(CHARACTERS >> 1, 2)[0]
    assert budget.take(CHARACTERS >> 1, 4)[0]


def test_what_was_left_out_is_told_at_the_end_once():
    budget = LogBudget(0)
    assert budget.rest() == (None, 0)
    for _ in range(RECORDS + 1):
        budget.take(1, 0)
    assert budget.rest() == ("1 record was left out: too much was logged", 1)
    assert budget.rest() == (None, 0)


def test_a_clock_that_stands_still_or_goes_back_gives_nothing():
    budget = LogBudget(100)
    for _ in range(RECORDS):
        budget.take(1, 50)
    assert not budget.take(1, 50)[0]
