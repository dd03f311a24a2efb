"""The one door to AWS: sessions, clients, the call funnel, retries, error translation. Only here is boto3 imported."""

from .actions import Call
from .clients import EndpointSession
from .door import Answer, Door, door_for
from .patience import Patience
from .recorder import recording
from .setbacks import Setback, Setbacks

__all__ = ["Answer", "Call", "Door", "EndpointSession", "Patience", "Setback", "Setbacks", "door_for", "recording"]
