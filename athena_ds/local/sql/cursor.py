"""Walking through a statement's tokens: what is next, what must be, and what to say when it isn't."""

from __future__ import annotations

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql.statement import Name
from athena_ds.local.sql.tokens import Text, Token

_WORDS = """
ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CAST CHAR COLUMN CONF CONSTRAINT
COMMIT CREATE CROSS CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR DATABASE DATE DAYOFWEEK DECIMAL DELETE
DESCRIBE DISTINCT DIV DOUBLE DROP ELSE END EXCHANGE EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR
FOLLOWING FOR FOREIGN FROM FULL FUNCTION GRANT GROUP GROUPING HAVING IF IMPORT IN INNER INSERT INT INTEGER
INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON ONLY OR
ORDER OUT OUTER OVER PARTIALSCAN PARTITION PERCENT PRECEDING PRECISION PRESERVE PRIMARY PROCEDURE RANGE READS
REDUCE REGEXP REFERENCES REVOKE RIGHT RLIKE ROLLBACK ROLLUP ROW ROWS SELECT SET SMALLINT START TABLE TABLESAMPLE
THEN TIMESTAMP TO TRANSFORM TRIGGER TRUE TRUNCATE UNBOUNDED UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP
VALUES VARCHAR VIEWS WHEN WHERE WINDOW WITH"""

RESERVED = frozenset(_WORDS.split())
"""Words that DDL takes as names only in backticks (Athena User Guide, "Escape reserved keywords").

https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html, without TIME: it stands in that list, and bare as a
column's name in the statements of the same guide (logs of load balancers and of CloudFront).
"""


class Cursor:
    """A place in a statement."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.at = 0

    @property
    def next(self) -> Token:
        return self.text.tokens[self.at]

    def take(self) -> Token:
        """The next token, passed."""
        token = self.next
        if token.kind != "end":
            self.at += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether these keywords or symbols come next, in this order."""
        following = self.text.tokens[self.at : self.at + len(words)]
        return tuple(token.upper for token in following) == words

    def accept(self, *words: str) -> bool:
        """Pass these keywords if they come next."""
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words: str) -> str | None:
        """Pass one of these keywords; which it was."""
        found = next((word for word in words if self.sees(word)), None)
        if found:
            self.at += 1
        return found

    def expect(self, *words: str) -> None:
        """Pass these keywords, or complain at the first that is missing."""
        for word in words:
            if not self.accept(word):
                raise self.mismatched(f"'{word}'")

    def end(self) -> None:
        """Nothing may follow."""
        if self.next.kind != "end":
            raise self.mismatched("<EOF>")

    def word(self, expecting: str = "identifier") -> Token:
        """A Hive identifier: bare and not reserved, or in backticks; double quotes are refused, as Athena does."""
        token = self.next
        bare = token.kind == "word" and token.upper not in RESERVED and not token.text.startswith("_")
        if bare or token.kind == "backtick":
            return self.take()
        raise self.mismatched(expecting)

    def identifier(self) -> str:
        """A Hive identifier's folded name."""
        return self.word().name

    def sql_identifier(self) -> str:
        """A name where SQL is spoken: bare, or in double quotes (backticks pass too: DROP VIEW takes both)."""
        if self.next.kind in ("word", "quoted", "backtick"):
            return self.take().name
        raise self.mismatched("identifier")

    def name(self, *, sql: bool = False) -> Name:
        """A qualified name, up to three parts."""
        read = self.sql_identifier if sql else self.identifier
        parts = [read()]
        while len(parts) < 3 and self.accept("."):
            parts.append(read())
        catalog, database = (None, None, *parts[:-1])[-2:]
        return Name(table=parts[-1], database=database, catalog=catalog)

    def string(self) -> str:
        """A Hive string literal; Hive takes double quotes for one too."""
        token = self.next
        if token.kind not in ("string", "quoted"):
            raise self.mismatched("string literal")
        return self.take().value

    def number(self) -> int:
        """A whole number."""
        if self.next.kind != "number" or not self.next.text.isdigit():
            raise self.mismatched("integer")
        return int(self.take().text)

    def closing(self) -> int:
        """With the next token an opening parenthesis: the index of the token that closes it."""
        depth = 0
        for index in range(self.at, len(self.text.tokens)):
            symbol = self.text.tokens[index].text if self.text.tokens[index].kind == "symbol" else ""
            depth += (symbol == "(") - (symbol == ")")
            if depth == 0:
                return index
        self.at = len(self.text.tokens) - 1
        raise self.mismatched("')'")

    def mismatched(self, *expecting: str) -> EngineError:
        """`line 1:8: mismatched input 'x'. Expecting: 'a', 'b'` at the next token."""
        line, column = self.text.place(self.next.start)
        message = f"mismatched input '{self.next.text}'. Expecting: {', '.join(expecting)}"
        return EngineError("SYNTAX_ERROR", message, line=line, column=column)

    def wrong(self, message: str, token: Token | None = None) -> EngineError:
        """A syntax error in other words, at a token."""
        line, column = self.text.place((token or self.next).start)
        return EngineError("SYNTAX_ERROR", message, line=line, column=column)
