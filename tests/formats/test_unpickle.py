from __future__ import annotations

import os
import pickle

import pytest

from myoshift.errors import DataFormatError
from myoshift.formats.unpickle import STEPS, Call, Name, record


class Asks:
    """Asks for anything when it is pickled, by its module and name."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("protocol", range(2, 6))
def test_plain_content_comes_back(protocol):
    content = [
        1,
        -5,
        300,
        2**40,
        0.5,
        None,
        True,
        False,
        "mÿo",
        (),
        (1,),
        (1, 2),
        (1, 2, 3),
        (1, 2, 3, 4),
        {"a": [1]},
    ]
    content += [content[6], "mÿo", {"a": 1, "b": 2}, [], {}]
    assert record(pickle.dumps(content, protocol)) == content


@pytest.mark.parametrize("protocol", range(2, 6))
def test_allowed_calls_are_written_down_and_not_made(protocol):
    found = record(pickle.dumps(slice(1, 4, 2), protocol))
    assert isinstance(found, Call)
    assert found.name.partition(".")[2] == "slice"
    assert found.args == (1, 4, 2)


def test_a_name_is_nothing_but_its_name():
    assert record(pickle.dumps(slice, 4)) == Name("builtins.slice")


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("function", [os.system, eval, getattr, pickle.loads, bytes.fromhex])
def test_bad_04_anything_else_is_named_and_refused(function, protocol):
    with pytest.raises(DataFormatError, match=r"not allowed.*asks for \w+.*read_pickle\(name\)\.to_csv"):
        record(pickle.dumps(Asks(function, "touch sprung"), protocol))


@pytest.mark.parametrize("protocol", range(2, 6))
def test_bad_04_a_payload_touches_nothing(tmp_path, protocol):
    trap = tmp_path / "sprung"
    with pytest.raises(DataFormatError, match=rf"not allowed.*{os.name}\.mkdir"):
        record(pickle.dumps({"muscles": Asks(os.mkdir, str(trap))}, protocol))
    assert not trap.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"\x80\x04cbuiltins\nslice\n\x85\x81.",  # arguments that are no tuple
        b"\x80\x04K\x01K\x02\x85R.",  # a number that is called
        b"\x80\x04]K\x01K\x02s.",  # an item of a list
        b"\x80\x04K\x01}b.",  # a number that is given a state
        b"\x80\x04h\x07.",  # what was never put
        b"\x80\x04(.",
        b"\x80\x04K\x01K\x02.",
        b"\x80\x04K\x01.K",  # something behind the end
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",  # bytes that are not there
        b"\x80\x04X\xff\xff\xff\x7fab.",
        b"\x80\x04" + b"(" * 5 + b"t.",
    ],
)
def test_damage_is_refused(raw):
    with pytest.raises(DataFormatError, match="damaged"):
        record(raw)


@pytest.mark.parametrize("raw", [b"\x80\x04Pname\n.", b"\x80\x05\x97.", b"\x80\x02\x82\x01.", b"I1\n."])
def test_opcodes_that_reach_outside_are_refused(raw):
    with pytest.raises(DataFormatError, match=r"not allowed.*opcode"):
        record(raw)


def test_every_cut_is_refused():
    raw = pickle.dumps({"a": [1.0, "two", (3,)], "b": slice(1, 2)}, 4)
    for end in range(1, len(raw)):
        with pytest.raises(DataFormatError):
            record(raw[:end])


def test_too_long_a_program_is_refused():
    with pytest.raises(DataFormatError, match=f"more than {STEPS} opcodes"):
        record(b"\x80\x04" + b"N" * (STEPS + 1) + b".")


def test_a_put_at_a_huge_place_takes_no_memory():
    assert record(b"\x80\x04K\x01r\xff\xff\xff\x7f.") == 1
