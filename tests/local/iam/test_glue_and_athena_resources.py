"""Glue asks for catalog, database and table; Athena for the workgroup or the data catalog."""

from __future__ import annotations

from typing import Any

import pytest

from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.demands import Place
from athena_ds.local.iam.demands import athena as athena_demands
from athena_ds.local.iam.demands import glue as glue_demands
from tests.local.iam.endpoint import Endpoint, allow, deny, outcome, refused

PLACE = Place(partition="aws-cn", region="cn-north-1", account="111122223333")
GLUE, ATHENA = "arn:aws-cn:glue:cn-north-1:111122223333:", "arn:aws-cn:athena:cn-north-1:111122223333:"
DATABASE, TABLE = ["catalog", "database/db"], ["catalog", "database/db", "table/db/t"]
IN_TABLE = {"DatabaseName": "DB", "TableName": "T"}


@pytest.mark.parametrize(
    ("operation", "parameters", "resources"),
    [
        ("GetDatabase", {"Name": "DB"}, DATABASE),
        ("CreateDatabase", {"DatabaseInput": {"Name": "db"}}, DATABASE),
        ("UpdateDatabase", {"Name": "db", "DatabaseInput": {"Name": "db"}}, DATABASE),
        ("DeleteDatabase", {"Name": "db"}, [*DATABASE, "table/db/*", "userDefinedFunction/db/*"]),
        ("GetDatabases", {}, ["catalog", "database/*"]),
        ("GetTable", {"DatabaseName": "db", "Name": "T"}, TABLE),
        ("CreateTable", {"DatabaseName": "db", "TableInput": {"Name": "t"}}, TABLE),
        ("UpdateTable", {"DatabaseName": "db", "TableInput": {"Name": "t"}}, TABLE),
        ("DeleteTable", {"DatabaseName": "db", "Name": "t"}, TABLE),
        ("BatchDeleteTable", {"DatabaseName": "db", "TablesToDelete": ["t", "u"]}, [*TABLE, "table/db/u"]),
        ("GetTables", {"DatabaseName": "db"}, [*DATABASE, "table/db/*"]),
        ("SearchTables", {}, ["catalog", "database/*", "table/*/*"]),
        ("GetPartitions", IN_TABLE, TABLE),
        ("GetPartition", IN_TABLE, TABLE),
        ("BatchGetPartition", IN_TABLE, TABLE),
        ("BatchCreatePartition", IN_TABLE, TABLE),
        ("DeletePartition", IN_TABLE, TABLE),
        ("GetTableVersions", IN_TABLE, TABLE),
        ("GetColumnStatisticsForTable", IN_TABLE, TABLE),
        (
            "GetUserDefinedFunction",
            {"DatabaseName": "db", "FunctionName": "f"},
            [*DATABASE, "userDefinedFunction/db/f"],
        ),
        ("GetResourcePolicy", {}, ["catalog"]),
        ("GetTags", {"ResourceArn": f"{GLUE}database/db"}, ["database/db"]),
    ],
)
def test_glue_needs_the_resource_and_every_ancestor(
    operation: str, parameters: dict[str, Any], resources: list[str]
) -> None:
    """Names are lower-cased as Glue stores them; a delete needs the descendants too."""
    wanted = glue_demands.demands(Operation(service="glue", name=operation, parameters=parameters), PLACE)
    assert [demand.resource for demand in wanted] == [GLUE + resource for resource in resources]
    assert {demand.action for demand in wanted} == {f"glue:{operation}"}


def workgroup_of(kind: str, identifier: str) -> str | None:
    return {("query execution", "q-1"): "analysts", ("named query", "n-1"): "saved"}.get((kind, identifier))


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("StartQueryExecution", {"QueryString": "SELECT 1"}, "workgroup/primary"),
        ("StartQueryExecution", {"WorkGroup": "analysts"}, "workgroup/analysts"),
        ("GetQueryExecution", {"QueryExecutionId": "q-1"}, "workgroup/analysts"),
        ("GetQueryResults", {"QueryExecutionId": "q-1"}, "workgroup/analysts"),
        ("GetQueryRuntimeStatistics", {"QueryExecutionId": "q-1"}, "workgroup/analysts"),
        ("StopQueryExecution", {"QueryExecutionId": "q-1"}, "workgroup/analysts"),
        ("StopQueryExecution", {"QueryExecutionId": "nobody's"}, None),
        ("ListQueryExecutions", {}, "workgroup/primary"),
        ("CreateNamedQuery", {"WorkGroup": "saved"}, "workgroup/saved"),
        ("GetNamedQuery", {"NamedQueryId": "n-1"}, "workgroup/saved"),
        ("DeleteNamedQuery", {"NamedQueryId": "n-1"}, "workgroup/saved"),
        ("CreatePreparedStatement", {"WorkGroup": "saved", "StatementName": "s"}, "workgroup/saved"),
        ("GetWorkGroup", {"WorkGroup": "saved"}, "workgroup/saved"),
        ("CreateWorkGroup", {"Name": "new"}, "workgroup/new"),
        ("ListWorkGroups", {}, "*"),
        ("ListEngineVersions", {}, "*"),
        ("ListDataCatalogs", {}, "*"),
        ("GetDataCatalog", {"Name": "AwsDataCatalog"}, "datacatalog/AwsDataCatalog"),
        ("GetTableMetadata", {"CatalogName": "c", "DatabaseName": "d", "TableName": "t"}, "datacatalog/c"),
        ("ListDatabases", {"CatalogName": "c"}, "datacatalog/c"),
        ("TagResource", {"ResourceARN": f"{ATHENA}workgroup/w"}, "workgroup/w"),
    ],
)
def test_athena_asks_for_the_workgroup_or_the_catalog(
    operation: str, parameters: dict[str, Any], resource: str | None
) -> None:
    """An execution or a saved query is authorised by its workgroup; an id nobody knows asks nothing."""
    wanted = athena_demands.demands(
        Operation(service="athena", name=operation, parameters=parameters), PLACE, workgroup_of
    )
    expected = [] if resource is None else [resource if resource == "*" else ATHENA + resource]
    assert [demand.resource for demand in wanted] == expected
    assert all(demand.action == f"athena:{operation}" for demand in wanted)


def test_a_glue_denial_names_the_first_ancestor_that_fails(endpoint: Endpoint) -> None:
    """Granting ancestor by ancestor, the denial moves down from catalog to database to table, then the call passes."""
    root = endpoint.client("glue")
    root.create_database(DatabaseInput={"Name": "db"})
    root.create_table(DatabaseName="db", TableInput={"Name": "t"})
    arns = [endpoint.arn("glue", resource) for resource in TABLE]
    for granted in range(3):
        keys = endpoint.user(f"user{granted}", allow("glue:GetTable", arns[:granted] or "arn:aws:glue:::none"))
        message = refused(endpoint.client("glue", keys).get_table, DatabaseName="db", Name="t")
        user = f"arn:aws:iam::{endpoint.account}:user/user{granted}"
        assert message == (
            f"User: {user} is not authorized to perform: glue:GetTable on resource: {arns[granted]} "
            "because no identity-based policy allows the glue:GetTable action"
        )
    keys = endpoint.user("reader", allow("glue:GetTable", arns))
    assert outcome(endpoint.client("glue", keys).get_table, DatabaseName="db", Name="t") == "OK"


def test_an_athena_denial_is_a_json_access_denied(endpoint: Endpoint) -> None:
    """AccessDeniedException with status 400, and the explicit deny told as one."""
    keys = endpoint.user(
        "jane", allow("athena:*"), deny("athena:StartQueryExecution", endpoint.arn("athena", "workgroup/primary"))
    )
    message = refused(endpoint.client("athena", keys).start_query_execution, QueryString="SELECT 1")
    assert message.endswith(":workgroup/primary with an explicit deny in an identity-based policy")


def test_identity_policies_come_from_user_managed_and_groups(endpoint: Endpoint) -> None:
    """Inline, attached and group policies all count, and stop counting when they are taken away."""
    from tests.local.iam.endpoint import document

    iam, glue = endpoint.client("iam"), endpoint.client("glue", endpoint.user("jane"))
    policy = iam.create_policy(PolicyName="reads", PolicyDocument=document(allow("glue:GetDatabases")))["Policy"]["Arn"]
    assert outcome(glue.get_databases) == "AccessDeniedException"
    iam.attach_user_policy(UserName="jane", PolicyArn=policy)
    assert outcome(glue.get_databases) == "OK"
    iam.detach_user_policy(UserName="jane", PolicyArn=policy)
    assert outcome(glue.get_databases) == "AccessDeniedException"
    iam.create_group(GroupName="analysts")
    iam.attach_group_policy(GroupName="analysts", PolicyArn=policy)
    iam.add_user_to_group(GroupName="analysts", UserName="jane")
    assert outcome(glue.get_databases) == "OK"
    iam.detach_group_policy(GroupName="analysts", PolicyArn=policy)
    iam.put_group_policy(GroupName="analysts", PolicyName="p", PolicyDocument=document(allow("glue:*")))
    assert outcome(glue.get_databases) == "OK"
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(deny("glue:*")), SetAsDefault=True)
    iam.attach_user_policy(UserName="jane", PolicyArn=policy)
    assert outcome(glue.get_databases) == "AccessDeniedException"
