"""The wizard's steps in order; each shows blocks, checks what was filled in, and does its own work."""

from .database import Database
from .done import Done
from .first_query import FirstQuery
from .preflight import Preflight
from .results import Results
from .retention import Retention
from .sign_in import SignIn
from .step import Step

STEPS: tuple[type[Step], ...] = (SignIn, Database, Results, Preflight, Retention, FirstQuery, Done)

__all__ = ["STEPS", "Step"]
