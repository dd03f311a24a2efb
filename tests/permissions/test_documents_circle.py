"""The document's own policy, action by action: what preflight proves of it, and that what is missing can be added.

Three layouts of the tables in two partitions of AWS; beside `test_circles_close.py`, so that the two run side by side.
"""

from __future__ import annotations

import pytest

from athena_ds.policy import UNPROVABLE
from tests.permissions.circles import COMBINATIONS, close_the_circle
from tests.permissions.conftest import Worlds
from tests.permissions.world import REGIONS, Layout


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("layout", "partition"), COMBINATIONS)
def test_the_documents_policy_is_proven_action_by_action(worlds: Worlds, layout: Layout, partition: str) -> None:
    """The document's 36 actions: 25 are proven, 11 can't be, each with its reason."""
    world = worlds(layout, region=REGIONS[partition])
    policy = world.ds.policy(style="document")
    assert len(policy.actions) == 36
    assert sum(action in UNPROVABLE for action in policy.actions) == 11
    assert close_the_circle(world, policy) == []
