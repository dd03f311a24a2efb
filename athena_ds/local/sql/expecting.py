"""What the grammar could have gone on with where a statement stopped making sense, in Trino's own words.

ANTLR knows the tokens that may follow in one state. Trino tells more, and shorter: it walks the grammar's automaton
over the tokens along every path at once, and names what the paths that came furthest were waiting for. A rule people
have a word for (an expression, a query) is told by that word instead of its tokens.
"""

from __future__ import annotations

from typing import Any

from antlr4 import Token
from antlr4.atn.Transition import NotSetTransition, PrecedencePredicateTransition, RuleTransition
from antlr4.error.Errors import InputMismatchException, NoViableAltException
from antlr4.error.ErrorStrategy import DefaultErrorStrategy
from antlr4.IntervalSet import IntervalSet
from trino_query_parser.SqlBaseParser import SqlBaseParser

_WORDS = {
    SqlBaseParser.RULE_expression: "<expression>",
    SqlBaseParser.RULE_booleanExpression: "<expression>",
    SqlBaseParser.RULE_valueExpression: "<expression>",
    SqlBaseParser.RULE_primaryExpression: "<expression>",
    SqlBaseParser.RULE_predicate: "<predicate>",
    SqlBaseParser.RULE_identifier: "<identifier>",
    SqlBaseParser.RULE_string: "<string>",
    SqlBaseParser.RULE_query: "<query>",
    SqlBaseParser.RULE_type: "<type>",
}
_TOKENS = {Token.EOF: "<EOF>", SqlBaseParser.INTEGER_VALUE: "<integer>"}


class Strict(DefaultErrorStrategy):  # type: ignore[misc]
    """Repairs nothing. A token that doesn't match is told from where the grammar still had a choice."""

    def recoverInline(self, recognizer: Any) -> Any:  # noqa: N802
        failure = InputMismatchException(recognizer)
        if self.nextTokensContext is not None:
            failure.offendingState, failure.ctx = self.nextTokensState, self.nextTokensContext
        raise failure


def expecting(parser: Any, failure: Any) -> tuple[Any, str]:
    """The token that fits no path, and what would have; `failure` is ANTLR's, None where it only missed a token."""
    state = parser.state if failure is None else failure.offendingState
    token = parser.getCurrentToken() if failure is None else failure.offendingToken
    context = parser._ctx if failure is None else failure.ctx
    if isinstance(failure, NoViableAltException):
        token = failure.startToken
    paths = _Paths(parser)
    paths.follow(parser.atn.states[state], token.tokenIndex, context)
    return paths.tokens[paths.furthest], ", ".join(sorted(paths.expected))


class _Paths:
    """The automaton's walk. A state is left with the places in the tokens at which its rule can end."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser
        self.tokens = parser.getTokenStream().tokens
        self.furthest = -1
        self.expected: set[str] = set()
        self._known: dict[tuple[int, int], set[int]] = {}

    def follow(self, state: Any, index: int, context: Any) -> None:
        states = self._parser.atn.states
        start = self._parser.atn.ruleToStartState[state.ruleIndex]
        ends = self._ends(start if _within(start, state) else state, index)
        while ends and context is not None and context.invokingState >= 0:
            after = states[context.invokingState].transitions[0].followState
            ends = {end for index in ends for end in self._ends(after, index)}
            context = context.parentCtx

    def _ends(self, start: Any, index: int, precedence: int = 0, *, told: bool = False) -> set[int]:
        key = (start.stateNumber, index)
        if key in self._known:
            return self._known[key]
        ends: set[int] = set()
        open_ = [(start, index, told)]
        while open_:
            state, at, silent = open_.pop()
            while self.tokens[at].channel != Token.DEFAULT_CHANNEL:
                at += 1
            if state.stateType == state.RULE_START:
                word = _WORDS.get(state.ruleIndex)
                if word is not None and not silent:
                    self._expect(at, {word})
                silent = silent or word is not None
            if state.stateType == state.RULE_STOP:
                ends.add(at)
                continue
            for transition in state.transitions:
                open_ += self._steps(transition, at, precedence, silent=silent)
        self._known[key] = ends
        return ends

    def _steps(self, transition: Any, at: int, precedence: int, *, silent: bool) -> list[tuple[Any, int, bool]]:
        if isinstance(transition, RuleTransition):
            ends = self._ends(transition.target, at, transition.precedence, told=silent)
            return [(transition.followState, end, silent and end == at) for end in ends]
        if isinstance(transition, PrecedencePredicateTransition):
            return [(transition.target, at, silent)] if precedence < transition.precedence else []
        if transition.isEpsilon:
            return [(transition.target, at, silent)]
        wanted = transition.label
        if isinstance(transition, NotSetTransition):
            wanted = wanted.complement(Token.MIN_USER_TOKEN_TYPE, self._parser.atn.maxTokenType)
        if self.tokens[at].type in wanted and at < len(self.tokens) - 1:
            return [(transition.target, at + 1, False)]
        if not silent:
            self._expect(at, {_name(kind) for kind in _kinds(wanted)})
        return []

    def _expect(self, at: int, words: set[str]) -> None:
        if at > self.furthest:
            self.furthest, self.expected = at, set()
        if at == self.furthest:
            self.expected |= words


def _within(start: Any, state: Any) -> bool:
    """Whether a rule can come to a state without a token."""
    open_, seen = [start], set()
    while open_:
        here = open_.pop()
        if here.stateNumber == state.stateNumber:
            return True
        if here.stateNumber not in seen:
            seen.add(here.stateNumber)
            open_ += [transition.target for transition in here.transitions if transition.isEpsilon]
    return False


def _kinds(tokens: IntervalSet) -> list[int]:
    return [kind for interval in tokens.intervals or () for kind in interval]


def _name(kind: int) -> str:
    if kind in _TOKENS:
        return _TOKENS[kind]
    literals = SqlBaseParser.literalNames
    literal = literals[kind] if kind < len(literals) else "<INVALID>"
    return literal if literal != "<INVALID>" else SqlBaseParser.symbolicNames[kind]
