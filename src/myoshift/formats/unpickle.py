"""Pickles read without running them: opcodes in, a record of what they would have called out.

Nothing is imported and nothing is called. A name that a pickle asks for is only written down, and only when it is on
a short list: what pandas 1.5 to 3 and numpy 1 and 2 write for a table of numbers, in protocols 2 to 5.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from myoshift.errors import DataFormatError
from myoshift.formats.source import AGAIN

ALLOWED = {
    "pandas": ("DataFrame", "Index", "StringDtype"),
    "pandas.core.frame": ("DataFrame",),
    "pandas.core.internals.managers": ("BlockManager",),
    "pandas.core.indexes.base": ("_new_Index", "Index"),
    "pandas.core.indexes.numeric": ("Float64Index",),
    "pandas.arrays": ("StringArray", "ArrowStringArray"),
    "pandas._libs.internals": ("_unpickle_block",),
    "pandas._libs.arrays": ("__pyx_unpickle_NDArrayBacked",),
    "pyarrow.lib": ("_restore_array", "type_for_alias", "py_buffer"),
    "numpy": ("ndarray", "dtype"),
    "numpy.core.multiarray": ("_reconstruct",),
    "numpy._core.multiarray": ("_reconstruct",),
    "numpy.core.numeric": ("_frombuffer",),
    "numpy._core.numeric": ("_frombuffer",),
    "builtins": ("slice", "bytearray"),
    "__builtin__": ("slice", "bytearray"),
    "_codecs": ("encode",),
}
"""Module and names; anything else is refused."""
RECIPE = "where you trust the file, write it anew as text: pandas.read_pickle(name).to_csv(name + '.csv')"
JOBLIB = "where you trust the file, write it anew as text: joblib.load(name).to_csv(name + '.csv')"
STEPS = 200_000  # opcodes; a table of 402 columns takes some 2,000


@dataclass(frozen=True, slots=True)
class Name:
    """A class or function that a pickle asks for; nothing but its name."""

    name: str


@dataclass(eq=False, slots=True)
class Call:
    """What would have been called, with what, and the state that the result would have been given."""

    name: str
    args: tuple[Any, ...]
    state: Any = None


def record(raw: bytes) -> Any:
    """What a pickle holds: numbers, words, tuples, lists and dicts, and a `Call` for everything else.

    Raises
    ------
    DataFormatError
        When it asks for anything but a table of numbers, is damaged, or has more than 200,000 opcodes.
    """
    machine, done = _Machine(), False
    try:
        for count, (opcode, argument, at) in enumerate(pickletools.genops(raw)):
            if count > STEPS:
                raise DataFormatError("the pickle is no table", why=f"more than {STEPS} opcodes", mend=RECIPE)
            if opcode.name == "STOP":
                done = (at or 0) + 1 == len(raw)
                break
            machine.step(opcode.name, argument)
        if not done or len(machine.stack) != 1 or machine.outer:
            raise ValueError("the end is missing, or something stands behind it")
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"
        raise DataFormatError("the pickle is damaged or truncated", why=why, mend=AGAIN) from error
    return machine.stack[0]


class _Machine:
    """The stack of a pickle. `outer` are the stacks below the marks, `memo` what may be used once more."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.outer: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def step(self, opcode: str, argument: Any) -> None:
        if opcode in _VALUES:
            self.stack.append(argument)
        elif opcode in _MADE:
            self.stack.append(_MADE[opcode]())
        elif opcode in _TUPLES:
            self._tuple(self._pop(_TUPLES[opcode]))
        elif opcode in _STEPS:
            _STEPS[opcode](self, argument)
        elif opcode not in _IGNORED:
            raise DataFormatError("a pickle of this kind is not allowed", why=f"its opcode {opcode}", mend=RECIPE)

    def _pop(self, count: int) -> list[Any]:
        if count > len(self.stack):
            raise ValueError("the stack is empty")
        items = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return items

    def _since_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.outer.pop()
        return items

    def mark(self, _: Any) -> None:
        self.outer.append(self.stack)
        self.stack = []

    def _tuple(self, items: list[Any]) -> None:
        self.stack.append(tuple(items))

    def close(self, _: Any) -> None:
        self._tuple(self._since_mark())

    def put(self, index: int | None) -> None:
        self.memo[len(self.memo) if index is None else index] = self.stack[-1]

    def get(self, index: int) -> None:
        self.stack.append(self.memo[index])

    def append(self, _: Any) -> None:
        self._extend(self._pop(1))

    def appends(self, _: Any) -> None:
        self._extend(self._since_mark())

    def _extend(self, items: list[Any]) -> None:
        _instance(self.stack[-1], list).extend(items)

    def set_item(self, _: Any) -> None:
        self._update(self._pop(2))

    def set_items(self, _: Any) -> None:
        self._update(self._since_mark())

    def _update(self, items: list[Any]) -> None:
        _instance(self.stack[-1], dict).update(zip(items[::2], items[1::2], strict=True))

    def name(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._named(module, name)

    def stack_name(self, _: Any) -> None:
        module, name = self._pop(2)
        self._named(_instance(module, str), _instance(name, str))

    def _named(self, module: str, name: str) -> None:
        full = f"{module}.{name}"
        if module.partition(".")[0] == "joblib":
            raise DataFormatError(
                "a joblib dump holds bare arrays between its opcodes, and is not allowed", why=full, mend=JOBLIB
            )
        if name not in ALLOWED.get(module, ()):
            raise DataFormatError(
                "a pickle can run any program when it is loaded: this one asks for more than a table of numbers, "
                "which is not allowed",
                why=f"it asks for {full}",
                mend=RECIPE,
            )
        self.stack.append(Name(full))

    def call(self, _: Any) -> None:
        function, arguments = self._pop(2)
        self.stack.append(Call(_instance(function, Name).name, _instance(arguments, tuple)))

    def build(self, _: Any) -> None:
        (state,) = self._pop(1)
        _instance(self.stack[-1], Call).state = state


def _instance(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} in place of {kind.__name__}")
    return value


_VALUES = frozenset(
    {
        "BININT",
        "BININT1",
        "BININT2",
        "LONG1",
        "BINFLOAT",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
    }
)
_MADE: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_IGNORED = frozenset({"PROTO", "FRAME"})
_STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "TUPLE": _Machine.close,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.put,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.stack_name,
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "BUILD": _Machine.build,
}
