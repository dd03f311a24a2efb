"""What credentials see before there is a data source: who they are, which databases and buckets there are."""

from __future__ import annotations

from dataclasses import dataclass

from .aws import Door, door_for
from .aws.caller import Identity
from .catalog import Table, listing
from .connection.credentials import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as one identity sees it in one region: what a data source is chosen from.

    Attributes:
        credentials: Who asks.
        region: Where.
        endpoint_url: Another endpoint than AWS's own.
        data_catalog: The catalog whose databases are listed.
        workgroup: The workgroup they are listed through.
    """

    credentials: Credentials
    region: str
    endpoint_url: str | None = None
    data_catalog: str = "AwsDataCatalog"
    workgroup: str = "primary"

    @property
    def door(self) -> Door:
        """This identity's way to AWS."""
        return door_for(self.credentials, region=self.region, endpoint_url=self.endpoint_url)

    def identity(self) -> Identity:
        """Who AWS says this is."""
        return Identity.ask(self.door)

    def databases(self) -> list[str]:
        """The databases this identity may see, in order of name."""
        return listing.databases(self.door, self)

    def tables(self, database: str) -> list[Table]:
        """The tables and views of a database that this identity may see, in order of name."""
        return listing.tables(self.door, self, database=database)

    def buckets(self) -> list[str]:
        """The account's buckets, in order of name. Needs s3:ListAllMyBuckets."""
        return sorted(each["Name"] for each in self.door.call("s3:ListBuckets").get("Buckets", []))
