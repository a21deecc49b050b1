"""From the text of a formula to its tree.

By precedence, from the loosest: or, and, not, comparisons, + and −, × and ÷, minus, and what stands
alone: a number, a text in quotes, a column, a function of some, or another formula in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from plurel_cli.formulas.functions import AGGREGATES, FUNCTIONS
from plurel_cli.formulas.tree import AggregateLeaf, ColumnLeaf, Constant, Label, Node, Operation

LONGEST = 2_000
"""Characters of a formula."""

DEEPEST = 40
"""Brackets and functions within each other."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|<>|!=|==|[-+*/%()<>=,.]))"
)

_COMPARISONS = {
    "=": "eq",
    "==": "eq",
    "!=": "ne",
    "<>": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
}
_WORDS = frozenset({"and", "or", "not"})
_SUMS = {"+": "add", "-": "subtract"}
_PRODUCTS = {"*": "multiply", "/": "divide", "%": "modulo"}

OPERATORS = {**_PRODUCTS, **_SUMS, **_COMPARISONS}
"""Signs between two numbers, each with the function that it stands for."""


class FormulaError(ValueError):
    """A text that is no formula."""


@dataclass
class _TokenReader:
    """Reads tokens one after another."""

    text: str
    tokens: list[tuple[str, str, int]]
    at: int = 0
    depth: int = field(default=0)

    def peek(self) -> str:
        return self.tokens[self.at][1]

    def kind(self) -> str:
        return self.tokens[self.at][0]

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expect(self, sign: str) -> None:
        if self.kind() != "sign" or self.peek() != sign:
            self.fail(f"expected {sign!r}")
        self.at += 1

    def fail(self, rule: str) -> None:
        _, token, place = self.tokens[self.at]
        what = "the end" if not token else repr(token)
        raise FormulaError(f"{rule} at character {place + 1}, got {what}")

    def is_word(self, word: str) -> bool:
        return self.kind() == "name" and self.peek().lower() == word

    def chain(self, signs: dict[str, str], inner: Callable[[], Node]) -> Node:
        node = inner()
        while self.kind() == "sign" and self.peek() in signs:
            node = Operation(signs[self.take()], (node, inner()))
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"must not be nested more than {DEEPEST} deep")
        node = self.both()
        while self.is_word("or"):
            self.take()
            node = Operation("or", (node, self.both()))
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negated()
        while self.is_word("and"):
            self.take()
            node = Operation("and", (node, self.negated()))
        return node

    def negated(self) -> Node:
        n = 0
        while self.is_word("not"):
            self.take()
            n += 1
        node = self.compared()
        for _ in range(n % 2 or (2 if n else 0)):
            node = Operation("not", (node,))
        return node

    def compared(self) -> Node:
        node = self.summed()
        if self.kind() == "sign" and self.peek() in _COMPARISONS:
            node = Operation(_COMPARISONS[self.take()], (node, self.summed()))
        return node

    def summed(self) -> Node:
        return self.chain(_SUMS, self.multiplied)

    def multiplied(self) -> Node:
        return self.chain(_PRODUCTS, self.signed)

    def signed(self) -> Node:
        is_negative = False
        while self.kind() == "sign" and self.peek() in _SUMS:
            is_negative ^= self.take() == "-"
        node = self.alone()
        return Operation("negative", (node,)) if is_negative else node

    def alone(self) -> Node:
        kind = self.kind()
        if kind == "number":
            return Constant(float(self.take()))
        if kind == "text":
            return Label(self.take()[1:-1].replace("''", "'"))
        if kind == "sign" and self.peek() == "(":
            self.take()
            node = self.either()
            self.expect(")")
            return node
        if kind != "name":
            self.fail("expected a number, a column or a function")
        if self.peek().lower() in _WORDS:
            self.fail("expected what stands beside an operator")
        name = self.take()
        if name.lower() in ("true", "false"):
            return Constant(float(name.lower() == "true"))
        if self.kind() == "sign" and self.peek() == "(":
            self.take()
            return self.called(name)
        if self.kind() == "sign" and self.peek() == ".":
            self.take()
            return ColumnLeaf(self.name_of("a column"), key=name)
        return ColumnLeaf(name)

    def name_of(self, what: str) -> str:
        if self.kind() != "name":
            self.fail(f"expected the name of {what}")
        return self.take()

    def called(self, name: str) -> Node:
        """What a function is of, its bracket already read."""
        function, begin = name.lower(), self.at
        if function not in FUNCTIONS and function not in AGGREGATES:
            known = ", ".join(sorted({*FUNCTIONS, *AGGREGATES}))
            raise FormulaError(f"there is no function {name!r}; known are {known}")
        if function in AGGREGATES and (node := self.aggregated(function)) is not None:
            return node
        self.at = begin
        if function not in FUNCTIONS:
            self.fail(f"{function} is of a table's rows, as in {function}(order_line.amount)")
        several = [self.either()]
        while self.kind() == "sign" and self.peek() == ",":
            self.take()
            several.append(self.either())
        self.expect(")")
        least, most = FUNCTIONS[function].arguments
        if not least <= len(several) <= most:
            n = str(least) if least == most else f"{least} or more"
            raise FormulaError(f"{function} is of {n} numbers, got {len(several)}")
        return Operation(function, tuple(several))

    def aggregated(self, function: str) -> AggregateLeaf | None:
        """An aggregate of children, if that is what follows."""
        if self.kind() != "name":
            return None
        table, column, key = self.take(), None, None
        if self.kind() == "sign" and self.peek() == ".":
            self.take()
            column = self.name_of("a column")
        if self.is_word("by"):
            self.take()
            key = self.name_of("a foreign key")
        if not (self.kind() == "sign" and self.peek() == ")"):
            return None
        if (column is None) != (function == "count"):
            return None
        self.take()
        return AggregateLeaf(function, table, column, key)


def parsed(text: str) -> Node:
    """The tree of a formula.

    Raises
    ------
    FormulaError
        If the text is none: where, and what was expected.

    Examples
    --------
    >>> parsed("2 * price")
    Operation(name='multiply', of=(Constant(value=2.0), ColumnLeaf(name='price', key=None)))
    """
    if len(text) > LONGEST:
        raise FormulaError(f"must have at most {LONGEST} characters, got {len(text)}")
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            begin = at + len(text[at:]) - len(text[at:].lstrip())
            raise FormulaError(f"character {begin + 1} means nothing here: {text[begin]!r}")
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind], match.start(kind)))
        at = match.end()
    tokens.append(("end", "", len(text)))
    reader = _TokenReader(text, tokens)
    node = reader.either()
    if reader.kind() != "end":
        reader.fail("expected an operator or the end")
    return node
