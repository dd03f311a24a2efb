"""Which IAM actions an API operation needs, and on which resources (Service Authorization Reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..connection.partitions import Arns


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was made.

    Attributes:
        operation: As in `athena:StartQueryExecution`.
        actions: The IAM actions it needs, the main one first.
        resources: The ARNs it touches.
    """

    operation: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    @property
    def service(self) -> str:
        """The service's prefix."""
        return self.operation.partition(":")[0]


# Operations whose action has another name. Everything else is named like its action.
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:CreateMultipartUpload": ("s3:PutObject",),
    "s3:UploadPart": ("s3:PutObject",),
    "s3:CompleteMultipartUpload": ("s3:PutObject",),
    "s3:ListParts": ("s3:ListMultipartUploadParts",),
    "s3:ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3:DeleteObjects": ("s3:DeleteObject",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
}
# No permission is needed, whatever the policies say.
_FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
_ANY_RESOURCE = frozenset({"athena:ListWorkGroups", "athena:ListDataCatalogs", "athena:ListEngineVersions"})
_OF_CATALOG = frozenset(
    {"athena:GetDataCatalog", "athena:GetDatabase", "athena:ListDatabases", "athena:GetTableMetadata"}
    | {"athena:ListTableMetadata"}
)


def action_of(operation: str) -> str:
    """The main IAM action that a call needs: `s3:ListBucket` for `s3:ListObjectsV2`."""
    return _ACTIONS.get(operation, (operation,))[0]


def call_of(operation: str, params: Mapping[str, object], *, arns: Arns) -> Call:
    """The call with the IAM actions and resources it needs."""
    actions = () if operation in _FREE else _ACTIONS.get(operation, (operation,))
    return Call(operation=operation, actions=actions, resources=_resources(operation, params, arns))


def _resources(operation: str, params: Mapping[str, object], arns: Arns) -> tuple[str, ...]:
    match operation.partition(":")[0]:
        case "athena" if operation in _ANY_RESOURCE:
            return ("*",)
        case "athena" if operation in _OF_CATALOG:
            return (arns.data_catalog(str(params.get("CatalogName") or params.get("Name"))),)
        case "athena":
            return (arns.workgroup(str(params.get("WorkGroup") or "*")),)
        case "glue":
            return _glue(operation, params, arns)
        case "s3":
            return _s3(params, arns)
        case _:
            return (str(params.get("RoleArn") or "*"),)


def _glue(operation: str, params: Mapping[str, object], arns: Arns) -> tuple[str, ...]:
    """Glue wants the resource and every ancestor."""
    name = str(params.get("Name") or params.get("TableName") or "*")
    if operation in ("glue:GetDatabase", "glue:GetDatabases"):
        return (arns.glue_catalog(), arns.glue_database(name))
    database = str(params.get("DatabaseName") or "*")
    return (arns.glue_catalog(), arns.glue_database(database), arns.glue_table(database, name))


def _s3(params: Mapping[str, object], arns: Arns) -> tuple[str, ...]:
    bucket, key = params.get("Bucket"), params.get("Key")
    if bucket is None:
        return ("*",)
    return (f"{arns.bucket(str(bucket))}/{key}",) if key is not None else (arns.bucket(str(bucket)),)
