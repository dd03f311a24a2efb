"""`sequence`: numbers, dates and timestamps from start to stop."""

from __future__ import annotations

import calendar
import datetime
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel
from athena_ds.local.engine.duckdb.functions.temporal import DAY_MS

_MOST = 10_000


@kernel("sequence", "bigint,bigint")
def sequence_of_numbers(start: int, stop: int) -> list[int]:
    return list(sequence_with_step(start, stop, 1 if stop >= start else -1))


@kernel("sequence", "bigint,bigint,bigint")
def sequence_with_step(start: int, stop: int, step: int) -> list[int]:
    _check_step(step, forward=stop >= start, same=start == stop)
    _check_length((stop - start) // step + 1)
    return list(range(start, stop + (1 if step > 0 else -1), step))


@kernel("sequence", "date,date")
def sequence_of_dates(start: datetime.date, stop: datetime.date) -> list[datetime.date]:
    return _days(start, stop, 1 if stop >= start else -1)


@kernel("sequence", "date,date,interval day to second")
def sequence_by_days(start: datetime.date, stop: datetime.date, step: int) -> list[datetime.date]:
    if step % DAY_MS:
        raise invalid("sequence step must be a day interval if start and end values are dates")
    return _days(start, stop, step // DAY_MS)


def _days(start: datetime.date, stop: datetime.date, step: int) -> list[datetime.date]:
    return [datetime.date.fromordinal(n) for n in sequence_with_step(start.toordinal(), stop.toordinal(), step)]


@kernel("sequence", "timestamp(p),timestamp(p),interval day to second")
def sequence_by_time(start: datetime.datetime, stop: datetime.datetime, step: int) -> list[datetime.datetime]:
    _check_step(step, forward=stop >= start, same=start == stop)
    delta = datetime.timedelta(milliseconds=step)
    _check_length((stop - start) // delta + 1)
    return _until(stop, lambda n: start + n * delta, forward=step > 0)


@kernel("sequence", "date,date,interval year to month", "timestamp(p),timestamp(p),interval year to month")
def sequence_by_months(start: Any, stop: Any, step: int) -> list[Any]:
    """Each from the start, so that months' ends come back: 31 January, 29 February, 31 March."""
    _check_step(step, forward=stop >= start, same=start == stop)
    return _until(stop, lambda n: plus_months(start, n * step), forward=step > 0)


def plus_months(value: Any, months: int) -> Any:
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    day = min(value.day, calendar.monthrange(year, month + 1)[1])
    return value.replace(year=year, month=month + 1, day=day)


def _until(stop: Any, nth: Callable[[int], Any], *, forward: bool) -> list[Any]:
    found = list(itertools.islice(_within(stop, nth, forward=forward), _MOST + 1))
    _check_length(len(found))
    return found


def _within(stop: Any, nth: Callable[[int], Any], *, forward: bool) -> Iterator[Any]:
    for n in itertools.count():
        try:
            value = nth(n)
        except ValueError:
            return  # past the years a stop can have
        if (value > stop) if forward else (value < stop):
            return
        yield value


def _check_step(step: int, *, forward: bool, same: bool) -> None:
    if step == 0:
        raise invalid("step must not be zero")
    if not same and (step > 0) != forward:
        raise invalid(
            "sequence stop value should be greater than or equal to start value if step is greater than zero "
            "otherwise stop should be less than or equal to start"
        )


def _check_length(length: int) -> None:
    if length > _MOST:
        raise invalid(f"result of sequence function must not have more than {_MOST} entries")
