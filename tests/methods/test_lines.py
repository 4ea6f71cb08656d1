"""One method costs little to add: the lines of every registered method's own class are counted."""

import ast
import inspect
import textwrap

import pytest

from myoshift import registry

LARGEST = 15


def lines(thing: type) -> int:
    """Lines of a class that are neither blank, nor comment, nor docstring."""
    code = textwrap.dedent(inspect.getsource(thing))
    left_out = {n for n, line in enumerate(code.splitlines(), 1) if not line.strip() or line.strip().startswith("#")}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            left_out.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(code.splitlines()) - len(left_out)


class Example:
    """A docstring

    of three lines.
    """

    # a comment
    number = 1

    def method(self):
        """Another docstring."""
        return """not
        a docstring"""


def test_blank_lines_comments_and_docstrings_do_not_count():
    assert lines(Example) == 5


@pytest.mark.parametrize("name", registry.names("methods"))
def test_a_method_costs_no_more_than_fifteen_lines(name):
    assert lines(registry.load("methods", name)) <= LARGEST
