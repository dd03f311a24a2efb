"""Importing costs next to nothing and needs no extra."""

from __future__ import annotations

import subprocess
import sys

import athena_ds


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_import_loads_nothing_heavy() -> None:
    """Not pandas, pyarrow, numpy, boto3, nor what the extras bring."""
    heavy = "('pandas','pyarrow','numpy','boto3','botocore','duckdb','moto','ipywidgets','IPython','pyathena')"
    assert run(f"import athena_ds, sys; print([name for name in {heavy} if name in sys.modules])") == "[]"


def test_a_data_source_is_there_without_pandas() -> None:
    """It comes while Athena runs the first query."""
    code = (
        "from athena_ds import AthenaDataSource; import sys; print('pandas' in sys.modules, 'pyarrow' in sys.modules)"
    )
    assert run(code) == "False False"


def test_import_is_quick() -> None:
    """At most 60 ms of processor; the best of five, so that a busy machine does not count."""
    code = "import time; t = time.process_time(); import athena_ds; print(time.process_time() - t)"
    assert min(float(run(code)) for _ in range(5)) <= 0.06


def test_every_public_name_is_there() -> None:
    """And only those are offered."""
    for name in athena_ds.__all__:
        assert getattr(athena_ds, name) is not None
    assert set(athena_ds.__all__) <= set(dir(athena_ds))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As of any module."""
    assert not hasattr(athena_ds, "nothing")


def test_the_embedded_endpoint_names_its_extra_where_it_is_missing() -> None:
    """With the pip line that installs it."""
    code = (
        "import sys; sys.modules['moto'] = None\n"
        "from athena_ds import AthenaDataSource, errors\n"
        "try: AthenaDataSource.local()\n"
        "except errors.MissingExtraError as error: print(error)"
    )
    assert "pip install 'athena-ds[local]'" in run(code)
