import copy
import math
import pickle

import pytest

from distkv.configuration import configuration
from distkv.util import NotGiven, P, Path, attrdict, combine_dict, digits


def test_keys_are_attributes():
    res = attrdict(value=3, chain=None)
    assert res.value == 3
    assert "value" in res
    assert res.chain is None
    res.more = 1
    assert res["more"] == 1
    del res.more
    assert not hasattr(res, "more")
    with pytest.raises(AttributeError, match="no 'tock' here"):
        res.tock
    with pytest.raises(AttributeError):
        del res.tock


def test_names_with_an_underscore_are_no_keys():
    res = attrdict(_x=1)
    with pytest.raises(AttributeError):
        res._x
    res._y = 2
    assert "_y" not in res
    assert copy.copy(res) == {"_x": 1}


def test_the_first_dictionary_lies_on_top():
    low = {"a": {"x": 1, "y": 2}, "b": 1, "c": 5}
    result = combine_dict({"a": {"x": 9}, "c": NotGiven}, None, low)
    assert result == {"a": {"x": 9, "y": 2}, "b": 1}
    assert result.a.x == 9
    assert low == {"a": {"x": 1, "y": 2}, "b": 1, "c": 5}


@pytest.mark.parametrize(
    ("n", "places", "rounded"),
    [
        (math.pi, 4, 3.142),
        (123456789, 4, 123500000),
        (-0.00012345, 2, -0.00012),
        (0, 6, 0),
        (0.0, 3, 0.0),
        (99.99, 3, 100.0),
        (1000, 2, 1000),
        (3.14159, 3.5, 3.142),
        (9.14159, 3.5, 9.14),
    ],
)
def test_digits_rounds_to_significant_digits(n, places, rounded):
    assert digits(n, places) == rounded
    assert type(digits(n, places)) is type(n)


def test_digits_are_six_by_default_and_leaves_infinities_alone():
    assert digits(math.pi) == 3.14159
    assert digits(math.inf) == math.inf
    assert math.isnan(digits(math.nan))


def test_not_given_is_one_object():
    assert copy.deepcopy(NotGiven) is NotGiven
    assert pickle.loads(pickle.dumps(NotGiven)) is NotGiven
    assert repr(NotGiven) == "NotGiven"


def test_prefixes_may_be_paths_or_lists_or_text():
    cfg = configuration({"codes": {"prefix": "my.code"}, "modules": {"prefix": ["m", 1]}, "own": {"prefix": 7}})
    assert cfg.codes.prefix == P("my.code")
    assert cfg.modules.prefix == Path("m", 1)
    assert cfg.errors.prefix == P(":.distkv.error")
    assert cfg.own.prefix == 7
    assert cfg.connect.port == 27586


def test_one_setting_puts_all_prefixes_where_moat_kv_has_them():
    cfg = configuration({"prefixes": "moat", "errors": {"prefix": "my.errors"}})
    assert cfg.codes.prefix == P(":.moat.kv.code.proc")
    assert cfg.modules.prefix == P(":.moat.kv.code.module")
    assert cfg.config.prefix == P(":.moat.kv.config")
    assert cfg.runner == {"prefix": P(":.moat.kv.run"), "state": P(":.moat.kv.state")}
    assert cfg.errors.prefix == P("my.errors")
    assert configuration({}).codes.prefix == P(":.distkv.code.proc")
    with pytest.raises(ValueError, match=r"configuration prefixes: 'mqtt' \(expected: 'distkv' or 'moat'\)"):
        configuration({"prefixes": "mqtt"})
