"""`%%athena`: a cell of SQL whose parameters are bound, never pasted; `%athena`: the data source in use.

```text
%load_ext athena_ds
%athena ds                                   use the data source in the variable `ds` (or the one saved as `ds`)
%%athena by_day --params month
SELECT ... WHERE month = :month
```
"""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from ..datasource import AthenaDataSource
from ..errors import SavedDataSourceError
from .completion import Completer, matcher


@magics_class
class AthenaMagics(Magics):
    """The magics of one shell, and the data source they use."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.shell: Any = shell
        self._source: AthenaDataSource | None = None

    @magic_arguments()
    @argument("variable", nargs="?", help="where the DataFrame goes; it is shown when left out")
    @argument("--params", help="a dict or list: a variable's name, or a literal such as '{\"month\": 7}'")
    @argument("--limit", type=int, help="rows to read; the query itself is unchanged")
    @argument("--unload", action="store_true", help="read through UNLOAD: Parquet, nested values as lists and dicts")
    @argument("--dry-run", action="store_true", help="show Athena's plan, run nothing")
    @argument("--source", help="a variable or the name of a saved data source, for this cell only")
    @argument("--async", dest="later", action="store_true", help="return a handle at once; `await` it for the rows")
    @line_cell_magic
    def athena(self, line: str, cell: str | None = None) -> Any:
        """`%athena [SOURCE]` sets or shows the data source in use; `%%athena [VARIABLE] [...]` runs the cell's SQL."""
        if cell is None:
            return self._in_use(line.strip())
        arguments = parse_argstring(self.athena, line)
        source = self.source_named(arguments.source) if arguments.source else self.source()
        answer = self._run(source, cell.strip(), arguments)
        if arguments.variable:
            self.shell.user_ns[arguments.variable] = answer
            if arguments.later:
                display(answer)
            return None
        return answer

    def source(self) -> AthenaDataSource:
        """The data source in use: the one set, else the only one among the notebook's variables.

        Raises:
            UsageError: When there is none, or more than one.
        """
        if self._source is not None:
            return self._source
        named = {name: found for name, found in self.shell.user_ns.items() if isinstance(found, AthenaDataSource)}
        distinct = {id(found): found for name, found in named.items() if not name.startswith("_")}
        if len(distinct) == 1:
            return next(iter(distinct.values()))
        if distinct:
            raise UsageError(f"There are several data sources ({', '.join(sorted(named))}): %athena NAME chooses one.")
        raise UsageError(
            "There is no data source yet: make one, as in ds = AthenaDataSource.local(), or name a saved one."
        )

    def source_named(self, name: str) -> AthenaDataSource:
        """The data source in a variable, else the one saved under that name."""
        found = self.shell.user_ns.get(name)
        if isinstance(found, AthenaDataSource):
            return found
        try:
            return AthenaDataSource.load(name)
        except SavedDataSourceError as error:
            raise UsageError(f"'{name}' is neither a variable with a data source nor a saved one. {error}") from error

    def _in_use(self, name: str) -> AthenaDataSource:
        if name:
            self._source = self.source_named(name)
        return self.source()

    def _run(self, source: AthenaDataSource, sql: str, arguments: Namespace) -> Any:
        parameters = self._parameters(arguments.params)
        if arguments.dry_run:
            display({"text/plain": source.explain(sql, parameters)}, raw=True)
            return None
        if arguments.unload:
            return _limited(source.unload(sql, parameters).frame(), arguments.limit)
        if arguments.later:
            return source.submit(sql, parameters)
        if arguments.limit is None:
            return source.query(sql, parameters)
        return next(iter(source.query_batches(sql, parameters, rows=arguments.limit)))

    def _parameters(self, text: str | None) -> Any:
        """Values for the query: from a variable, else from JSON; only values, so nothing of a cell becomes SQL."""
        if text is None:
            return None
        bare = shlex.split(text)[0] if text[:1] in "'\"" else text
        if bare.isidentifier() and bare in self.shell.user_ns:
            found = self.shell.user_ns[bare]
            return found if isinstance(found, Mapping | list | tuple) else {bare: found}
        try:
            return json.loads(bare)
        except ValueError:
            takes = "--params takes a variable, or JSON in quotes such as '{\"month\": 7}'"
            raise UsageError(f"{takes}; {bare} is neither.") from None


def _limited(frame: Any, limit: int | None) -> Any:
    return frame if limit is None else frame.head(limit)


def load_ipython_extension(shell: Any) -> None:
    """Register the magics and their completion of tables and columns."""
    magics = AthenaMagics(shell)
    shell.register_magics(magics)
    shell.Completer.custom_matchers.append(matcher(Completer(magics.source)))
