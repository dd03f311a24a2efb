"""AWS's partitions: which one a region belongs to, and the ARNs that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition of AWS.

    Attributes:
        name: As it stands in ARNs.
        dns_suffix: As it stands in host names.
        pattern: What its regions look like.
    """

    name: str
    dns_suffix: str
    pattern: str


# botocore 1.44.5, partitions.json; the narrow patterns stand before the wide one.
PARTITIONS = (
    Partition(name="aws-cn", dns_suffix="amazonaws.com.cn", pattern=r"cn-\w+-\d+"),
    Partition(name="aws-us-gov", dns_suffix="amazonaws.com", pattern=r"us-gov-\w+-\d+"),
    Partition(name="aws-eusc", dns_suffix="amazonaws.eu", pattern=r"eusc-(de)-\w+-\d+"),
    Partition(name="aws-iso", dns_suffix="c2s.ic.gov", pattern=r"us-iso-\w+-\d+"),
    Partition(name="aws-iso-b", dns_suffix="sc2s.sgov.gov", pattern=r"us-isob-\w+-\d+"),
    Partition(name="aws-iso-e", dns_suffix="cloud.adc-e.uk", pattern=r"eu-isoe-\w+-\d+"),
    Partition(name="aws-iso-f", dns_suffix="csp.hci.ic.gov", pattern=r"us-isof-\w+-\d+"),
    Partition(name="aws", dns_suffix="amazonaws.com", pattern=r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+"),
)


CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
"""The console's host of each partition that has one, to be preceded by the region."""


def partition_of(region: str) -> Partition | None:
    """The partition a region belongs to, or None when no pattern fits."""
    return next((each for each in PARTITIONS if re.fullmatch(each.pattern, region)), None)


# Regions where Athena is offered, with the places AWS's own data gives them (botocore 1.44.5, endpoints.json).
# A newer region is accepted all the same: the pattern of its partition decides.
_REGIONS = """
    af-south-1  Africa (Cape Town)
    ap-east-1  Asia Pacific (Hong Kong)
    ap-east-2  Asia Pacific (Taipei)
    ap-northeast-1  Asia Pacific (Tokyo)
    ap-northeast-2  Asia Pacific (Seoul)
    ap-northeast-3  Asia Pacific (Osaka)
    ap-south-1  Asia Pacific (Mumbai)
    ap-south-2  Asia Pacific (Hyderabad)
    ap-southeast-1  Asia Pacific (Singapore)
    ap-southeast-2  Asia Pacific (Sydney)
    ap-southeast-3  Asia Pacific (Jakarta)
    ap-southeast-4  Asia Pacific (Melbourne)
    ap-southeast-5  Asia Pacific (Malaysia)
    ap-southeast-6  Asia Pacific (New Zealand)
    ap-southeast-7  Asia Pacific (Thailand)
    ca-central-1  Canada (Central)
    ca-west-1  Canada West (Calgary)
    eu-central-1  Europe (Frankfurt)
    eu-central-2  Europe (Zurich)
    eu-north-1  Europe (Stockholm)
    eu-south-1  Europe (Milan)
    eu-south-2  Europe (Spain)
    eu-west-1  Europe (Ireland)
    eu-west-2  Europe (London)
    eu-west-3  Europe (Paris)
    il-central-1  Israel (Tel Aviv)
    me-central-1  Middle East (UAE)
    me-south-1  Middle East (Bahrain)
    mx-central-1  Mexico (Central)
    sa-east-1  South America (Sao Paulo)
    us-east-1  US East (N. Virginia)
    us-east-2  US East (Ohio)
    us-west-1  US West (N. California)
    us-west-2  US West (Oregon)
    cn-north-1  China (Beijing)
    cn-northwest-1  China (Ningxia)
    us-gov-east-1  AWS GovCloud (US-East)
    us-gov-west-1  AWS GovCloud (US-West)
    us-iso-east-1  US ISO East
    us-iso-west-1  US ISO WEST
    us-isob-east-1  US ISOB East (Ohio)
    us-isob-west-1  US ISOB West
    eu-isoe-west-1  EU ISOE West
    us-isof-east-1  US ISOF EAST
    us-isof-south-1  US ISOF SOUTH
    eusc-de-east-1  AWS European Sovereign Cloud (Germany)
"""


def regions() -> tuple[tuple[str, str], ...]:
    """The regions to choose from, each with its place in words."""
    lines = (line.split("  ", 1) for line in (raw.strip() for raw in _REGIONS.splitlines()) if line)
    return tuple((name, place) for name, place in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arns:
    """The ARNs of one account and region, in its partition (formats: Service Authorization Reference).

    Args:
        partition: As in `aws` or `aws-cn`.
        region: The region.
        account: Twelve digits, or `*` where it is not known.
    """

    partition: str
    region: str
    account: str

    def workgroup(self, name: str) -> str:
        """A workgroup."""
        return self._regional("athena", f"workgroup/{name}")

    def data_catalog(self, name: str) -> str:
        """A data catalog of Athena."""
        return self._regional("athena", f"datacatalog/{name}")

    def glue_catalog(self) -> str:
        """Glue's root catalog."""
        return self._regional("glue", "catalog")

    def glue_database(self, database: str) -> str:
        """A database of Glue."""
        return self._regional("glue", f"database/{database}")

    def glue_table(self, database: str, table: str) -> str:
        """A table of Glue; `*` as table for all of a database's."""
        return self._regional("glue", f"table/{database}/{table}")

    def kms_key(self, key_id: str) -> str:
        """A KMS key, by its id; an ARN is returned as it is."""
        return key_id if key_id.startswith("arn:") else self._regional("kms", f"key/{key_id}")

    def bucket(self, bucket: str) -> str:
        """A bucket."""
        return f"arn:{self.partition}:s3:::{bucket}"

    def objects(self, bucket: str, prefix: str = "") -> str:
        """The objects of a bucket under a prefix."""
        inner = prefix.strip("/")
        return f"{self.bucket(bucket)}/{inner}/*" if inner else f"{self.bucket(bucket)}/*"

    def _regional(self, service: str, rest: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"
