"""The wizard's steps in order; each shows blocks, checks what was filled in, and does its own work."""

from athena_ds.notebook.steps.database import Database
from athena_ds.notebook.steps.done import Done
from athena_ds.notebook.steps.first_query import FirstQuery
from athena_ds.notebook.steps.preflight import Preflight
from athena_ds.notebook.steps.results import Results
from athena_ds.notebook.steps.retention import Retention
from athena_ds.notebook.steps.sign_in import SignIn
from athena_ds.notebook.steps.step import Step

STEPS: tuple[type[Step], ...] = (SignIn, Database, Results, Preflight, Retention, FirstQuery, Done)

__all__ = ["STEPS", "Step"]
