"""How much one run may log, on a clock of the test's own."""

from distkv.worker.runs.log_rate_limiter import CHARACTERS, RECORDS, RECORDS_PER_SECOND, LogRateLimiter


def test_what_comes_at_once_is_bounded_and_grows_with_time():
    limiter = LogRateLimiter(0)
    assert all(limiter.take(10, 0) == (True, None, 0) for _ in range(RECORDS))
    passes, notice, dropped = limiter.take(10, 0)
    assert (passes, dropped) == (False, 0)
    assert notice is not None
    assert limiter.take(10, 0.5) == (False, None, 0)
    assert limiter.take(10, 1.1) == (True, "2 records were left out: too much was logged", 2)
    assert sum(limiter.take(10, 1.1)[0] for _ in range(1_000)) == int(RECORDS_PER_SECOND * 1.1) - 1


def test_long_records_count_by_their_length():
    limiter = LogRateLimiter(0)
    assert limiter.take(CHARACTERS, 0)[0]
    assert not limiter.take(1, 0)[0]
    assert not limiter.take(1, 0.9)[0]
    assert limiter.take(1, 1)[0]


def test_a_record_that_is_longer_than_a_seconds_stock_passes_when_there_is_enough():
    limiter = LogRateLimiter(0)
    assert limiter.take(CHARACTERS - 1, 0)[0]
    assert not limiter.take(CHARACTERS >> 1, 0)[0]
    assert not limiter.take(CHARACTERS >> 1, 2)[0]
    assert limiter.take(CHARACTERS >> 1, 4)[0]


def test_what_was_left_out_is_told_at_the_end_once():
    limiter = LogRateLimiter(0)
    assert limiter.rest() == (None, 0)
    for _ in range(RECORDS + 1):
        limiter.take(1, 0)
    assert limiter.rest() == ("1 record was left out: too much was logged", 1)
    assert limiter.rest() == (None, 0)


def test_a_clock_that_stands_still_or_goes_back_gives_nothing():
    limiter = LogRateLimiter(100)
    for _ in range(RECORDS):
        limiter.take(1, 50)
    assert not limiter.take(1, 50)[0]
