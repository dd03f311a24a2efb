"""Connection fields: every rule is checked when made, every problem told at once, with an example that would do."""

from __future__ import annotations

import pytest

from athena_ds import DataSourceConfig, Encryption
from athena_ds.connection.config import bytes_of
from athena_ds.errors import ConfigError, SettingsWarning

GOOD = {"region": "eu-west-1", "database": "sales", "results_bucket": "acme-results", "results_path": "analysts/jane"}


def problems(**changed: object) -> dict[str, str]:
    with pytest.raises(ConfigError) as raised:
        DataSourceConfig(**{**GOOD, **changed})  # type: ignore[arg-type]
    return {problem.field: problem.wrong for problem in raised.value.problems}


def test_the_output_location_is_bucket_and_path_with_one_slash() -> None:
    """Whatever slashes the path was written with, one form is sent."""
    for path in ("analysts/jane", "/analysts/jane/", "analysts/jane/"):
        assert DataSourceConfig(**{**GOOD, "results_path": path}).output_location == "s3://acme-results/analysts/jane/"


def test_every_problem_is_told_at_once_with_an_example() -> None:
    """A person corrects a form once, not field by field."""
    with pytest.raises(ConfigError) as raised:
        DataSourceConfig(region="nowhere", database="", results_bucket="Bad_Bucket", results_path="a//b", max_scan="x")
    assert [problem.field for problem in raised.value.problems] == [
        "region",
        "database",
        "results_bucket",
        "results_path",
        "max_scan",
    ]
    assert all(problem.example for problem in raised.value.problems)
    assert all(problem.field in str(raised.value) for problem in raised.value.problems)


@pytest.mark.parametrize(
    "bucket",
    [
        *("", "ab", "a" * 64, "Bad", "under_score", "-starts", "ends-", "two..dots", "192.168.5.4", "xn--name"),
        *("sthree-name", "amzn-s3-demo-bucket", "name-s3alias", "name--ol-s3", "name.mrap", "name--x-s3"),
        *("name--table-s3", "arn:aws:s3:::name", "has space", "has/slash"),
    ],
)
def test_a_bucket_name_that_s3_would_refuse_is_refused(bucket: str) -> None:
    """S3's naming rules, so that nobody waits for AWS to say it."""
    assert "results_bucket" in problems(results_bucket=bucket)


def test_an_old_bucket_name_is_taken_in_us_east_1_only() -> None:
    """Names made there before 2018 may hold capitals and underscores."""
    assert (
        DataSourceConfig(**{**GOOD, "region": "us-east-1", "results_bucket": "Old_Name"}).results_bucket == "Old_Name"
    )
    assert "results_bucket" in problems(results_bucket="Old_Name")


@pytest.mark.parametrize("path", ["", "/", "a//b", "a/../b", "./a", "a\nb", "a*b", "x" * 901])
def test_a_path_that_no_result_should_have_is_refused(path: str) -> None:
    """The directory is a plain prefix."""
    assert "results_path" in problems(results_path=path)


@pytest.mark.parametrize("region", ["", "eu", "eu-west-1a", "EU-WEST-1", "xx-west-1", "europe"])
def test_a_region_that_no_partition_has_is_refused(region: str) -> None:
    """The pattern of a partition decides, so a region newer than this package is taken."""
    assert "region" in problems(region=region)
    assert DataSourceConfig(**{**GOOD, "region": "ap-central-9"}).partition.name == "aws"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_region_decides_the_partition_and_every_arn_follows(region: str, partition: str) -> None:
    """An ARN of the wrong partition grants nothing."""
    arns = DataSourceConfig(**{**GOOD, "region": region}).arns("123456789012")
    assert arns.workgroup("primary") == f"arn:{partition}:athena:{region}:123456789012:workgroup/primary"
    assert arns.glue_table("sales", "orders") == f"arn:{partition}:glue:{region}:123456789012:table/sales/orders"
    assert arns.objects("acme", "/a/") == f"arn:{partition}:s3:::acme/a/*"


def test_every_region_on_offer_has_a_partition() -> None:
    """What a form lets people choose is never refused afterwards."""
    from athena_ds.connection.partitions import partition_of, regions

    assert len(regions()) > 40
    assert all(partition_of(name) and place for name, place in regions())


def test_a_pasted_s3_address_is_split_and_said_so() -> None:
    """People copy addresses from the console."""
    with pytest.warns(SettingsWarning, match="split into bucket 'acme' and path 'x/y'"):
        config = DataSourceConfig(region="eu-west-1", database="sales", results_bucket="s3://acme/x/y/")
    assert (config.results_bucket, config.results_path) == ("acme", "x/y")
    assert "results_bucket" in problems(results_bucket="s3://acme/x", results_path="other")


def test_a_secret_pasted_into_a_field_is_not_echoed() -> None:
    """What looks like a secret shows in no message."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    for field in ("region", "database", "results_bucket", "workgroup", "data_catalog", "expected_bucket_owner"):
        with pytest.raises(ConfigError) as raised:
            DataSourceConfig(**{**GOOD, field: secret})  # type: ignore[arg-type]
        assert secret not in str(raised.value)
        assert secret not in repr(raised.value)


def test_a_database_is_read_in_lower_case_as_athena_does() -> None:
    """And said so."""
    with pytest.warns(SettingsWarning, match="lower case"):
        assert DataSourceConfig(**{**GOOD, "database": "Sales"}).database == "sales"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("workgroup", "has space"),
        ("workgroup", ""),
        ("data_catalog", "no!"),
        ("expected_bucket_owner", "12345"),
        ("endpoint_url", "ftp://x"),
        ("endpoint_url", "http://user:pass@x"),
        ("database", "a;b"),
        ("database", "x" * 256),
    ],
)
def test_the_fields_of_todays_athena_are_checked_as_well(field: str, value: str) -> None:
    """One rule a field."""
    assert list(problems(**{field: value})) == [field]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("expected_bucket_owner", 123456789012, "is of type int, not text"),
        ("results_path", 5, "is of type int, not text"),
        ("endpoint_url", b"http://x", "is of type bytes, not text"),
        ("results_path", None, "is empty"),
        ("results_bucket", None, "is empty"),
        ("encryption", "SSE_KMS", "not an Encryption"),
        ("strict_location", "yes", "neither True nor False"),
        ("results_bucket", "acme/path", "belongs into the path"),
        ("results_bucket", "https://s3.amazonaws.com/acme", "is an address"),
        ("results_path", "s3://acme/x", "only what follows the bucket"),
    ],
)
def test_a_value_of_another_kind_is_told_as_any_problem(field: str, value: object, said: str) -> None:
    """Not as a TypeError from within, and beside the problems of other fields."""
    found = problems(**{field: value, "workgroup": "has space"})
    assert list(found) == [field, "workgroup"] if field != "strict_location" else set(found) == {field, "workgroup"}
    assert said in found[field]


def test_a_name_of_an_accounts_own_bucket_is_known() -> None:
    """The ending -an is kept for account-regional buckets; another one is looked at twice."""
    name = "acme-123456789012-eu-west-1-an"
    assert DataSourceConfig(**{**GOOD, "results_bucket": name}).notices == ()
    with pytest.warns(SettingsWarning, match="only an account's own"):
        DataSourceConfig(**{**GOOD, "results_bucket": "catalog-an"})


def test_encryption_with_a_key_needs_the_key() -> None:
    """SSE_S3 takes none, the KMS kinds need one."""
    with pytest.raises(ConfigError):
        Encryption(option="SSE_KMS")
    with pytest.raises(ConfigError):
        Encryption(option="SSE_S3", kms_key="alias/x")
    assert Encryption(option="CSE_KMS", kms_key="alias/x").kms_key == "alias/x"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (5, 5),
        ("10 GB", 10**10),
        ("1.5 KB", 1500),
        ("2 MiB", 2**21),
        ("7", 7),
        (" 1 tb ", 10**12),
        ("9007199254740993", 2**53 + 1),
    ],
)
def test_an_amount_of_bytes_may_be_written_as_people_do(written: int | str, meant: int) -> None:
    """Decimal units by tens, binary ones by twos."""
    assert bytes_of(written) == meant


@pytest.mark.parametrize("written", [0, -1, True, "", "GB", "-5 GB", "1 parsec", "0.5 B", None])
def test_an_amount_that_is_none_is_refused(written: object) -> None:
    """A limit of nothing is no limit anybody means."""
    with pytest.raises(ConfigError):
        bytes_of(written)  # type: ignore[arg-type]
