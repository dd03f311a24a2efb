"""Glue's long lists read as the plain JSON they are.

botocore looks up the shape of every value in an answer; for a hundred tables of twenty columns that takes longer than
all else of the call. Of these two answers only the moments need more than JSON gives.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

_LISTS = {"GetTables": "TableList", "GetPartitions": "Partitions"}
_MOMENTS = ("CreateTime", "UpdateTime", "LastAccessTime", "LastAnalyzedTime", "CreationTime")


def read_plainly(
    operation_model: Any, *, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    """A `before-parse` of botocore's: hand over the list, and leave botocore an empty answer to walk through.

    What is no plain answer (an error, another format) is left to botocore as it is.
    """
    name = _LISTS.get(operation_model.name)
    if name is None or response_dict["status_code"] != 200:
        return
    try:
        said = json.loads(response_dict["body"])
        for entry in said.get(name, ()):
            for moment in _MOMENTS:
                if moment in entry:
                    entry[moment] = datetime.fromtimestamp(entry[moment], UTC)
    except (ValueError, TypeError, AttributeError):
        return
    customized_response_dict.update(said)
    response_dict["body"] = b"{}"
