"""The small language in which a declaration says who is counted: `reg and not lost_now and complete_year > 0`.

Names are columns of `state.State` or other sets. Allowed: and, or, not, the six comparisons with a constant, and `in` a
list of constants. Nothing is ever null, so the two readings, in Python and in SQL, cannot part ways over three-valued logic.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Value = bool | int | str
_TEXT = re.compile(r"[0-9a-z_]*")
_COMPARE: Mapping[type[ast.cmpop], tuple[str, Callable[[Value, Value], bool]]] = {
    ast.Eq: ("=", operator.eq),
    ast.NotEq: ("<>", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}


class LanguageError(ValueError):
    """The expression is outside the language; the text says where."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One checked expression; `names` are what it refers to, in order of appearance."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]


def parse(text: str, types: Mapping[str, type]) -> Expression:
    """Read and check `text`; `types` gives the type of every name that may appear. LanguageError otherwise."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise LanguageError(f"{text!r}: {error.msg}") from error
    found: dict[str, None] = {}
    if _type(tree, types, found, text) is not bool:
        raise LanguageError(f"{text!r}: does not answer yes or no")
    return Expression(text, tree, tuple(found))


def _type(node: ast.expr, types: Mapping[str, type], found: dict[str, None], text: str) -> type:
    if isinstance(node, ast.BoolOp):
        if any(_type(part, types, found, text) is not bool for part in node.values):
            raise LanguageError(f"{text!r}: and/or join answers of yes or no")
        return bool
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        if _type(node.operand, types, found, text) is not bool:
            raise LanguageError(f"{text!r}: not stands before an answer of yes or no")
        return bool
    if isinstance(node, ast.Name):
        if node.id not in types:
            raise LanguageError(f"{text!r}: unknown name {node.id!r}")
        found.setdefault(node.id)
        return types[node.id]
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, ast.Name):
        left = _type(node.left, types, found, text)
        if left is bool:
            raise LanguageError(f"{text!r}: {node.left.id!r} already answers yes or no")
        constants = _constants(node.comparators[0], isinstance(node.ops[0], (ast.In, ast.NotIn)), text)
        if any(type(value) is not left for value in constants):
            raise LanguageError(f"{text!r}: {node.left.id!r} is compared with another type")
        return bool
    raise LanguageError(f"{text!r}: {type(node).__name__} is not part of the language")


def _constants(node: ast.expr, many: bool, text: str) -> tuple[Value, ...]:
    items = list(node.elts) if many and isinstance(node, ast.Tuple) else [node] if not many else []
    values = []
    for item in items:
        if not isinstance(item, ast.Constant) or type(item.value) not in (int, str):
            raise LanguageError(f"{text!r}: compare with constants only")
        if isinstance(item.value, str) and not _TEXT.fullmatch(item.value):
            raise LanguageError(f"{text!r}: a text constant holds digits, small letters and _ only")
        values.append(item.value)
    if not values:
        raise LanguageError(f"{text!r}: `in` wants a list of constants")
    return tuple(values)  # type: ignore[arg-type]


def evaluate(expression: Expression, look_up: Callable[[str], Value]) -> bool:
    """The plain reading: walk the tree and ask for each name."""
    return bool(_value(expression.tree, look_up))


def _value(node: ast.expr, look_up: Callable[[str], Value]) -> Value:
    if isinstance(node, ast.BoolOp):
        answers = (_value(part, look_up) for part in node.values)
        return all(answers) if isinstance(node.op, ast.And) else any(answers)
    if isinstance(node, ast.UnaryOp):
        return not _value(node.operand, look_up)
    if isinstance(node, ast.Compare):
        op, left = node.ops[0], _value(node.left, look_up)
        if isinstance(op, (ast.In, ast.NotIn)):
            return (left in _constants(node.comparators[0], True, "")) is isinstance(op, ast.In)
        (right,) = _constants(node.comparators[0], False, "")
        return _COMPARE[type(op)][1](left, right)
    assert isinstance(node, ast.Name)  # noqa: S101 — parse() let nothing else through
    return look_up(node.id)


def to_sql(expression: Expression, column: Callable[[str], str]) -> str:
    """The same in SQL; `column` gives the SQL of a name. Constants are written out: parse() allows no other characters."""
    return _sql(expression.tree, column)


def _sql(node: ast.expr, column: Callable[[str], str]) -> str:
    if isinstance(node, ast.BoolOp):
        word = " and " if isinstance(node.op, ast.And) else " or "
        return "(" + word.join(_sql(part, column) for part in node.values) + ")"
    if isinstance(node, ast.UnaryOp):
        return f"(not {_sql(node.operand, column)})"
    if isinstance(node, ast.Compare):
        op, left = node.ops[0], _sql(node.left, column)
        if isinstance(op, (ast.In, ast.NotIn)):
            listed = ", ".join(_literal(value) for value in _constants(node.comparators[0], True, ""))
            return f"({left} {'in' if isinstance(op, ast.In) else 'not in'} ({listed}))"
        (right,) = _constants(node.comparators[0], False, "")
        return f"({left} {_COMPARE[type(op)][0]} {_literal(right)})"
    assert isinstance(node, ast.Name)  # noqa: S101 — parse() let nothing else through
    return column(node.id)


def _literal(value: Value) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
