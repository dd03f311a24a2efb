"""The Glue entries of the sample database: what each table and column is.

Descriptions follow the documentation of the R package nycflights13 (CC0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from athena_ds.local.sql.reading.formats import LAZY_SIMPLE, OPEN_CSV, OPENX_JSON, PARQUET, formats_of
from athena_ds.local.sql.views import view_entry

DATABASE = "nyc"
LAKE = "athena-ds-sample-lake"
RESULTS = "athena-ds-results"

_FLIGHTS = {
    "year": ("int", "Year of departure"),
    "day": ("int", "Day of departure"),
    "dep_time": ("int", "Actual departure time, local, as HHMM; NULL: cancelled"),
    "sched_dep_time": ("int", "Scheduled departure time, local, as HHMM"),
    "dep_delay": ("int", "Departure delay in minutes, negative: early"),
    "arr_time": ("int", "Actual arrival time, local, as HHMM"),
    "sched_arr_time": ("int", "Scheduled arrival time, local, as HHMM"),
    "arr_delay": ("int", "Arrival delay in minutes, negative: early"),
    "carrier": ("string", "Two letter carrier code, see airlines"),
    "flight": ("int", "Flight number"),
    "tailnum": ("string", "Plane tail number, see planes"),
    "origin": ("string", "Origin airport (EWR, JFK, LGA), see airports"),
    "dest": ("string", "Destination airport, see airports"),
    "air_time": ("int", "Time in the air in minutes"),
    "distance": ("int", "Distance between the airports in miles"),
    "hour": ("int", "Hour of the scheduled departure, local"),
    "minute": ("int", "Minute of the scheduled departure"),
    "time_hour": ("timestamp", "Scheduled date and hour of departure, UTC"),
}
_WEATHER = {
    "origin": ("string", "Weather station (EWR, JFK, LGA)"),
    "year": ("int", "Year of the recording"),
    "month": ("int", "Month of the recording"),
    "day": ("int", "Day of the recording"),
    "hour": ("int", "Hour of the recording"),
    "temp": ("double", "Temperature in F"),
    "dewp": ("double", "Dew point in F"),
    "humid": ("double", "Relative humidity in percent"),
    "wind_dir": ("int", "Wind direction in degrees"),
    "wind_speed": ("double", "Wind speed in mph"),
    "wind_gust": ("double", "Wind gust speed in mph"),
    "precip": ("double", "Precipitation in inches"),
    "pressure": ("double", "Sea level pressure in millibars"),
    "visib": ("double", "Visibility in miles"),
    "time_hour": ("timestamp", "Date and hour of the recording, UTC"),
}
_AIRLINES = {"carrier": ("string", "Two letter carrier code"), "name": ("string", "Full name")}
_AIRPORTS = {
    "faa": ("string", "FAA airport code"),
    "name": ("string", "Usual name"),
    "lat": ("double", "Latitude"),
    "lon": ("double", "Longitude"),
    "alt": ("int", "Altitude in feet"),
    "tz": ("int", "Hours from UTC"),
    "dst": ("string", "Daylight saving: A, U (unknown) or N (none)"),
    "tzone": ("string", "IANA time zone"),
}
_PLANES = {
    "tailnum": ("string", "Tail number"),
    "year": ("int", "Year manufactured"),
    "type": ("string", "Type of plane"),
    "manufacturer": ("string", "Manufacturer"),
    "model": ("string", "Model"),
    "engines": ("int", "Number of engines"),
    "seats": ("int", "Number of seats"),
    "speed": ("int", "Average cruising speed in mph"),
    "engine": ("string", "Type of engine"),
}
_DAILY = {
    "month": ("int", "Month of departure"),
    "day": ("int", "Day of departure"),
    "origin": ("string", "Origin airport"),
    "flights": ("bigint", "Flights scheduled"),
    "cancelled": ("bigint", "Flights that never departed"),
    "avg_dep_delay": ("double", "Mean departure delay in minutes"),
}
_DAILY_SQL = """SELECT month, day, origin, count(*) AS flights, count_if(dep_time IS NULL) AS cancelled,
  avg(dep_delay) AS avg_dep_delay
FROM nyc.flights
GROUP BY month, day, origin"""


def _columns(given: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind, "Comment": comment} for name, (kind, comment) in given.items()]


def _table(  # noqa: PLR0913
    name: str,
    columns: Mapping[str, tuple[str, str]],
    *,
    description: str,
    stored_as: str,
    serde: str,
    serde_parameters: Mapping[str, str],
    parameters: Mapping[str, str],
) -> dict[str, Any]:
    _, input_format, output_format = formats_of(stored_as)
    return {
        "Name": name,
        "Description": description,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", **parameters},
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": _columns(columns),
            "Location": f"s3://{LAKE}/{DATABASE}/{name}/",
            "InputFormat": input_format,
            "OutputFormat": output_format,
            "Compressed": False,
            "NumberOfBuckets": -1,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(serde_parameters)},
            "BucketColumns": [],
            "SortColumns": [],
            "Parameters": {},
            "StoredAsSubDirectories": False,
        },
    }


_COMMAS = {"field.delim": ",", "serialization.format": ","}
_HEADER = {"skip.header.line.count": "1", "classification": "csv"}

TABLES: tuple[dict[str, Any], ...] = (
    {
        **_table(
            "flights",
            _FLIGHTS,
            description="On-time data of all flights that departed New York City in 2013",
            stored_as="PARQUET",
            serde=PARQUET,
            serde_parameters={"serialization.format": "1"},
            parameters={"classification": "parquet"},
        ),
        "PartitionKeys": [{"Name": "month", "Type": "int", "Comment": "Month of departure"}],
    },
    _table(
        "weather",
        _WEATHER,
        description="Hourly weather at the three airports",
        stored_as="TEXTFILE",
        serde=OPENX_JSON,
        serde_parameters={"serialization.format": "1"},
        parameters={"classification": "json"},
    ),
    _table(
        "airlines",
        _AIRLINES,
        description="Airline names by carrier code",
        stored_as="TEXTFILE",
        serde=OPEN_CSV,
        serde_parameters={"separatorChar": ",", "quoteChar": '"', "serialization.format": "1"},
        parameters=_HEADER,
    ),
    _table(
        "airports",
        _AIRPORTS,
        description="Airports: names and places",
        stored_as="TEXTFILE",
        serde=LAZY_SIMPLE,
        serde_parameters={**_COMMAS, "serialization.null.format": ""},
        parameters=_HEADER,
    ),
    _table(
        "planes",
        _PLANES,
        description="Planes by tail number",
        stored_as="TEXTFILE",
        serde=LAZY_SIMPLE,
        serde_parameters={**_COMMAS, "serialization.null.format": ""},
        parameters=_HEADER,
    ),
)

VIEWS: tuple[dict[str, Any], ...] = (
    view_entry("daily_departures", _DAILY_SQL, columns=_columns(_DAILY), database=DATABASE),
)
