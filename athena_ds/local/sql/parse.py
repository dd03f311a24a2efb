"""Athena SQL text to a syntax tree, by Trino's own grammar: its precedence, its places, its wording of what is wrong.

The tree is ANTLR's (`trino-query-parser`, Trino 422). Nothing but `athena_ds.local.sql` reads it. Prediction is SLL
first, which is fast and nearly always enough, then LL, which is the grammar's full meaning and makes the messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from antlr4 import CommonTokenStream, InputStream, Token
from antlr4.atn.PredictionMode import PredictionMode
from antlr4.CommonTokenFactory import CommonTokenFactory
from antlr4.error.ErrorListener import ErrorListener
from antlr4.error.Errors import ParseCancellationException
from antlr4.error.ErrorStrategy import BailErrorStrategy
from trino_query_parser.SqlBaseLexer import SqlBaseLexer
from trino_query_parser.SqlBaseParser import SqlBaseParser

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.expecting import Strict, expecting
from athena_ds.local.sql.tree import Place

Node = Any
"""A node of ANTLR's tree; its class name is the grammar's rule or label."""

_DEEPEST = 400
"""Brackets in brackets; Python's own limit stops the parser at fewer than this."""


def parse(sql: str) -> Node:
    """The tree of one statement; raises EngineError SYNTAX_ERROR."""
    return _parsed(sql, "singleStatement")


def parse_expression(sql: str) -> Node:
    """The tree of an expression standing alone; raises EngineError SYNTAX_ERROR."""
    return _parsed(sql, "standaloneExpression")


@dataclass(frozen=True, slots=True)
class Word:
    """A token with its text and place, blanks and comments being tokens too; `decimal`: a literal such as `1.5`."""

    text: str
    line: int
    column: int
    decimal: bool


def words(sql: str) -> list[Word]:
    """The tokens of a text, which together are the text."""
    stream = CommonTokenStream(SqlBaseLexer(_stream(sql)))
    stream.fill()
    return [
        Word(sql[token.start : token.stop + 1], token.line, token.column + 1, token.type == SqlBaseLexer.DECIMAL_VALUE)
        for token in stream.tokens
        if token.type != Token.EOF
    ]


def label(node: Node) -> str:
    """The grammar's name of a node: `SelectSingle`, `FunctionCall`."""
    return type(node).__name__.removesuffix("Context")


def place(node: Node) -> Place:
    """Where a node or a word of it starts. An infix operation is at its operator, as in Trino's messages."""
    token = getattr(node, "symbol", None) or getattr(node, "operator", None)
    if token is None or label(node) == "ArithmeticUnary":
        token = node.start
    return token.line, token.column + 1


def source(node: Node) -> str:
    """The text of a node as it was written."""
    return str(node.start.getInputStream().getText(node.start.start, node.stop.stop))


def identifier(node: Node) -> str:
    """The name an identifier spells, quotes taken off; case as written."""
    word = str(node.getText())
    return word[1:-1].replace('""', '"') if word.startswith('"') else word


def names(node: Node) -> tuple[str, ...]:
    """The parts of a qualified name, lower case: Athena's names have no case."""
    return tuple(identifier(part).lower() for part in node.identifier())


def bare(node: Node) -> Node:
    """A node without the parentheses and the grammar's levels around it."""
    while label(node) == "ParenthesizedExpression" or (
        label(node) not in ("ColumnReference", "Dereference")
        and node.getChildCount() == 1
        and hasattr(node.getChild(0), "start")
    ):
        node = node.getChild(1 if label(node) == "ParenthesizedExpression" else 0)
    return node


def chain(node: Node) -> tuple[str, ...]:
    """The names of `a.b.c`; empty where its base is no name."""
    node = bare(node)
    if label(node) == "ColumnReference":
        return (identifier(node.identifier()),)
    if label(node) == "Dereference":
        head = chain(node.base)
        return (*head, identifier(node.fieldName)) if head else ()
    return ()


@lru_cache(maxsize=256)
def _parsed(sql: str, rule: str) -> Node:
    try:
        try:
            return _run(sql, rule, fast=True)
        except ParseCancellationException:
            return _run(sql, rule, fast=False)
    except RecursionError:
        raise EngineError("STATEMENT_TOO_LARGE", "statement is too large (stack overflow during analysis)") from None


def _shallow(tokens: Sequence[Any]) -> None:
    """Raise RecursionError for brackets so deep that the parser would, after seconds of looking ahead."""
    depth = 0
    for token in tokens:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth > _DEEPEST:
            raise RecursionError


def _run(sql: str, rule: str, *, fast: bool) -> Node:
    lexer = SqlBaseLexer(_stream(sql))
    lexer.removeErrorListeners()
    lexer.addErrorListener(_Unread())
    tokens = CommonTokenStream(lexer)
    tokens.fill()
    _array_literals(tokens)
    _check(tokens.tokens)
    _shallow(tokens.tokens)
    parser = SqlBaseParser(tokens)
    parser.removeErrorListeners()
    if fast:
        parser._interp.predictionMode = PredictionMode.SLL
        parser._errHandler = BailErrorStrategy()
    else:
        parser._errHandler = Strict()
        parser.addErrorListener(_Refusal())
    return getattr(parser, rule)()


def _stream(sql: str) -> InputStream:
    """The text, matched without regard to case, as Trino's own stream does it."""
    stream = InputStream(sql)
    stream.data = [ord(up) if len(up := char.upper()) == 1 else ord(char) for char in sql]
    return stream


_ENDS_OPERAND = frozenset(
    getattr(SqlBaseParser, name)
    for name in [
        "IDENTIFIER",
        "QUOTED_IDENTIFIER",
        "STRING",
        "UNICODE_STRING",
        "BINARY_LITERAL",
        "INTEGER_VALUE",
        "DECIMAL_VALUE",
        "DOUBLE_VALUE",
        "QUESTION_MARK",
        "NULL",
        "TRUE",
        "FALSE",
        "END",
    ]
)


def _array_literals(tokens: CommonTokenStream) -> None:
    """`[1, 2]` where no operand stands before the bracket is `ARRAY[1, 2]` (Trino's grammar since 422)."""
    found, before = [], None
    for token in tokens.tokens:
        if token.text == "[" and not _operand(before):
            made = CommonTokenFactory.DEFAULT.create(
                token.source, SqlBaseParser.ARRAY, "ARRAY", 0, token.start, token.start - 1, token.line, token.column
            )
            found.append(made)
        found.append(token)
        if token.channel == Token.DEFAULT_CHANNEL:
            before = token
    if len(found) != len(tokens.tokens):
        for index, token in enumerate(found):
            token.tokenIndex = index
        tokens.tokens[:] = found


_RESERVED = frozenset(
    [
        "ALTER",
        "AND",
        "AS",
        "BETWEEN",
        "BY",
        "CASE",
        "CROSS",
        "DELETE",
        "DISTINCT",
        "DROP",
        "ELSE",
        "ESCAPE",
        "EXCEPT",
        "EXISTS",
        "FOR",
        "FROM",
        "FULL",
        "GROUP",
        "HAVING",
        "IN",
        "INNER",
        "INSERT",
        "INTERSECT",
        "INTO",
        "IS",
        "JOIN",
        "LEFT",
        "LIKE",
        "NATURAL",
        "NOT",
        "ON",
        "OR",
        "ORDER",
        "OUTER",
        "RIGHT",
        "SELECT",
        "TABLE",
        "THEN",
        "UNION",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
        "WITH",
        "ARRAY",
        "UNNEST",
        "RETURN",
    ]
)


def _operand(token: Any) -> bool:
    if token is None:
        return False
    if token.type in _ENDS_OPERAND or token.text in (")", "]"):
        return True
    return (token.text[:1].isalpha() and token.text.upper() not in _RESERVED) or token.text.upper() == "ARRAY"


def _check(tokens: list[Any]) -> None:
    for token in tokens:
        if token.type == SqlBaseParser.BACKQUOTED_IDENTIFIER:
            raise _refused(token, "backquoted identifiers are not supported; use double quotes to quote identifiers")
        if token.type == SqlBaseParser.QUOTED_IDENTIFIER and token.text == '""':
            raise _refused(token, "Zero-length delimited identifier not allowed")
        if token.type == SqlBaseParser.DIGIT_IDENTIFIER:
            raise _refused(token, "identifiers must not start with a digit; surround the identifier with double quotes")


def _refused(token: Any, message: str) -> EngineError:
    return EngineError("SYNTAX_ERROR", message, line=token.line, column=token.column + 1)


class _Unread(ErrorListener):  # type: ignore[misc]
    """A character the lexer has no token for: an unclosed quote."""

    def syntaxError(  # noqa: N802, PLR0913, PLR0917
        self,
        recognizer: Any,  # noqa: ARG002
        offendingSymbol: Any,  # noqa: ARG002, N803
        line: int,
        column: int,
        msg: str,
        e: Any,  # noqa: ARG002
    ) -> None:
        raise EngineError("SYNTAX_ERROR", msg, line=line, column=column + 1)


class _Refusal(ErrorListener):  # type: ignore[misc]
    def syntaxError(  # noqa: N802, PLR0913, PLR0917
        self,
        recognizer: Any,
        offendingSymbol: Any,  # noqa: ARG002, N803
        line: int,
        column: int,
        msg: str,  # noqa: ARG002
        e: Any,
    ) -> None:
        token, expected = expecting(recognizer, e)
        text = f"mismatched input '{token.text}'. Expecting: {expected}"
        raise EngineError("SYNTAX_ERROR", text, line=line, column=column + 1)
