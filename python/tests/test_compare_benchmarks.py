"""scripts/compare-benchmarks, on files as ./bench --json writes them."""

import json
import subprocess
import sys

import pytest
from examples import ROOT

GETS = {"row": 1, "measure": "get, 64 connections", "unit": "requests/s", "value": 1000.0}
START = {"row": 9, "measure": "server start", "unit": "s", "value": 2.0}


@pytest.fixture
def compare(tmp_path):
    def run(*arguments):
        command = [sys.executable, ROOT / "scripts" / "compare-benchmarks", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def measured(tmp_path):
    def write(name, *results):
        rest = {"peer": None, "peer_value": None, "ratio": None, "target": "", "met": True}
        (tmp_path / name).write_text(json.dumps([{**rest, **one} for one in results]))
        return name

    return write


def test_more_is_better_for_rates_and_worse_for_everything_else(compare, measured):
    old = measured("old", GETS, START)
    new = measured("new", {**GETS, "value": 1100.0}, {**START, "value": 2.2})
    status, out, err = compare(old, new)
    assert status == 1
    assert err == "row 9, server start: 10.0 % worse\n"
    assert out.splitlines()[0].split()[-4:] == ["requests/s", "9.1", "%", "better"]
    status, _, err = compare(new, old)
    assert (status, err) == (1, "row 1, get, 64 connections: 10.0 % worse\n")


def test_what_is_within_the_tolerance_passes(compare, measured):
    old, new = measured("old", START), measured("new", {**START, "value": 2.05})
    assert compare(old, new)[0] == 0
    assert compare(new, old)[0] == 0
    assert compare("--tolerance", "2", old, new)[0] == 1


def test_of_several_runs_the_median_counts(compare, measured):
    runs = [measured(f"old{i}", {**GETS, "value": value}) for i, value in enumerate((100.0, 1000.0, 1020.0))]
    others = [measured(f"new{i}", {**GETS, "value": value}) for i, value in enumerate((990.0, 5.0, 9999.0))]
    assert compare(*runs, "--", *others)[0] == 0
    assert compare(*others, "--", runs[0])[0] == 1


def test_a_measure_with_two_peers_counts_once(compare, measured):
    old = measured("old", {**GETS, "peer": "Redis"}, {**GETS, "peer": "etcd"})
    status, out, _ = compare(old, old)
    assert (status, len(out.splitlines())) == (0, 1)


def test_the_same_is_what_was_measured_before(compare, measured):
    results = [{**GETS, "measure": name} for name in ("shared, p50", "the same, p99", "alone, p50", "the same, p99")]
    old, new = measured("old", *results), measured("new", *results[:3], {**results[3], "value": 1.0})
    assert compare(old, new)[2] == "row 1, alone, p50, p99: 99900.0 % worse\n"


def test_what_was_not_measured_is_missed_and_what_is_new_is_not(compare, measured):
    old, new = measured("old", GETS, START), measured("new", GETS)
    assert compare(old, new)[::2] == (1, "row 9, server start: not measured\n")
    assert compare(new, old)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "expected: [--tolerance PERCENT] OLD NEW"),
        (["one"], "expected: [--tolerance PERCENT] OLD NEW"),
        (["one", "two", "three"], "or OLD… -- NEW…"),
        (["--tolerance", "few", "one", "two"], "--tolerance few (expected: a number of percent)"),
        (["none", "none"], "none: No such file or directory (expected: a file of ./bench --json)"),
    ],
)
def test_wrong_arguments_are_named(compare, arguments, expected):
    status, out, err = compare(*arguments)
    assert (status, out) == (2, "")
    assert expected in err


def test_a_file_of_something_else_is_named(compare, tmp_path):
    (tmp_path / "other").write_text('[{"row": 1}]')
    assert compare("other", "other")[::2] == (
        2,
        "compare-benchmarks: other: 'measure' (expected: a file of ./bench --json)\n",
    )
