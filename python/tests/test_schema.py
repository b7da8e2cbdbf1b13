"""What the system keeps in the tree, as it is read and written."""

import pytest

from distkv.exceptions import CompileError
from distkv.schema import (
    PREFIX_SETS,
    ErrorRecord,
    ModuleEntry,
    Occurrence,
    PastRun,
    ProcedureEntry,
    Reason,
    StateEntry,
    is_foreign,
    is_on_all_nodes,
    is_standby,
)
from distkv.util import P, Path

RECORD = {
    "subsystem": "run",
    "path": P("a.b"),
    "severity": 2,
    "resolved": False,
    "count": 3,
    "created": 1.0,
    "first_seen": 1.0,
    "last_seen": 2.0,
    "message": "owch",
}


def test_a_procedure_is_written_as_it_is_read():
    value = {
        "code": "return x",
        "is_async": False,
        "vars": ("x",),
        "default": {"y": 1},
        "requires": (P("a.b"),),
    }
    entry = ProcedureEntry.decode("p", value)
    assert (entry.mode, entry.encode()) == ("thread", value)
    assert ProcedureEntry.decode("p", {"code": ""}).encode() == {"code": "", "is_async": None, "vars": ()}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text", r"^p: a str is stored \(expected: a map with 'code'\)"),
        ({"code": "", "default": [1]}, r"^p: default: \[1\] \(expected: a map\)"),
        ({"code": "", "is_async": 3}, r"^p: is_async: 3 \(expected: true, false or nil\)"),
        ({"code": "", "requires": 3}, r"^p: requires: 3 \(expected: a list of paths\)"),
    ],
)
def test_a_field_of_a_procedure_that_is_wrong_is_named(value, text):
    with pytest.raises(CompileError, match=text):
        ProcedureEntry.decode("p", value)


def test_a_module_is_a_map_or_just_its_source():
    assert ModuleEntry.decode("m", "x = 1") == ModuleEntry.decode("m", {"code": "x = 1"}) == ModuleEntry("x = 1")
    value = {"code": "x = 1", "requires": (P("a"),)}
    assert ModuleEntry.decode("m", value).encode() == value
    assert ModuleEntry("x = 1").encode() == {"code": "x = 1"}


def test_code_without_a_language_is_python():
    assert [is_foreign(value) for value in ("", {}, {"language": "python"}, {"language": "java"})] == [0, 0, 0, 1]


def test_an_error_record_is_written_as_it_is_read_with_what_others_added():
    value = {**RECORD, "theirs": 7}
    record = ErrorRecord.decode(value)
    assert record.encode() == value
    assert record.is_open
    assert ErrorRecord.decode({"path": ("a", "b")}).encode() == {"path": P("a.b")}


@pytest.mark.parametrize("value", [42, None, {}, {"path": 7}, {"path": "a.b"}])
def test_what_has_no_path_is_no_error_record(value):
    assert ErrorRecord.decode(value) is None


def test_an_error_that_happens_again_is_counted_and_open():
    again = ErrorRecord.decode({**RECORD, "resolved": 5.0}).occurred(9.0, 4, "new")
    assert again.encode() == {**RECORD, "count": 4, "last_seen": 9.0, "severity": 4, "message": "new"}
    assert again.worked(10.0).encode()["resolved"] == 10.0


def test_an_open_error_covers_less_severe_ones_only():
    record = ErrorRecord.decode(RECORD)
    assert [record.covers(severity) for severity in (1, 2, 3)] == [False, False, True]
    assert not record.worked(5.0).covers(3)


def test_why_a_run_was_lost_is_a_code():
    assert Occurrence.decode({"reason": "node lost", "message": "anything"}).reason is Reason.NODE_LOST
    assert Occurrence.decode({"message": "Runner killed"}).reason is Reason.NODE_LOST  # from before there were codes
    assert Occurrence.decode({"message": "Runner killed, maybe"}).reason is None
    assert Occurrence.decode(42) == Occurrence()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "Odd", "comment": "ValueError('no')", "str": "no"}, "Odd"),
        ({"comment": "ValueError('no')", "str": "no"}, "ValueError"),  # from before there were types
        ({"comment": "ValueError('no')"}, None),
        ({"comment": "no answer", "str": "no"}, None),
    ],
)
def test_an_occurrence_has_the_class_of_the_exception(value, expected):
    assert Occurrence.decode(value).type == expected


def test_an_occurrence_is_written_without_what_there_is_none_of():
    assert Occurrence(1.0, 5, "x", {}).encode() == {"seen": 1.0, "tock": 5, "comment": "x", "data": {}}
    whole = {"seen": 1.0, "tock": 5, "comment": "x", "data": {}, "str": "", "trace": "t", "message": "m"}
    whole = {**whole, "type": "Odd", "reason": "node lost"}
    assert Occurrence.decode(whole).encode() == whole


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, Reason.NONE),
        ({"reason": "node lost"}, Reason.NODE_LOST),
        ({"reason": "no procedure a.b, whatever", "reason_code": "bad procedure"}, Reason.BAD_PROCEDURE),
        ({"reason": "no procedure a.b"}, Reason.NO_PROCEDURE),  # from before there were codes
        ({"reason": "no node has gpio"}, Reason.NO_NODE_HAS),
        ({"reason": "every node with gpio is drained"}, Reason.NODES_DRAINED),
        ({"reason": "something else", "reason_code": "unheard of"}, Reason.OTHER),
    ],
)
def test_why_a_job_waits_or_was_ended_is_a_code(state, expected):
    assert StateEntry.decode(state).why is expected
    assert StateEntry.decode(StateEntry.decode(state).encode()).why is expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("done", Reason.DONE), ("failed: done", Reason.FAILED), ("moved", Reason.MOVED), ("failedly", Reason.OTHER)],
)
def test_how_a_past_run_ended_is_a_code(outcome, expected):
    assert PastRun(1.0, 2.0, "vm", outcome).why is expected


def test_a_standby_claim_is_known_by_its_path():
    claim = P(":.distkv.claim.any.default.job")
    assert is_standby((claim | ".standby", 5))
    assert not is_standby((claim, 5))
    assert not is_standby(None)


def test_jobs_of_all_nodes_are_known_by_their_place():
    prefix = PREFIX_SETS["moat"]["runner"]["prefix"]
    assert prefix == P(":.moat.kv.run")
    assert is_on_all_nodes(prefix, prefix + Path("all", "default", "job"))
    assert not is_on_all_nodes(prefix, prefix + Path("any", "all", "job"))
