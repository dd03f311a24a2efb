"""What can go wrong, and what to do about it.

Every error of this package is an `AthenaDSError`. Facts go in as keywords; the class writes the sentence.

```
AthenaDSError
├── ConfigError (ValueError)                     connection fields: every problem at once
├── ParameterError (ValueError)                  a parameter or argument; nothing was sent
├── MissingExtraError (ImportError)              an optional part is not installed
├── NotConnectedError (RuntimeError)             a form or wizard has no data source yet
├── InstanceRoleNotAllowedError (PermissionError)
├── SavedDataSourceError (LookupError)
├── CredentialsError                             who you are could not be shown
│   ├── MetadataServiceNotFoundError             no instance metadata service answers here
│   ├── MetadataTokenNotAnsweredError            its token never arrives (hop limit)
│   ├── NoRoleAttachedError                      the instance has no role
│   ├── ProfileNotFoundError                     no such profile, or it holds nothing usable
│   ├── ExpiredCredentialsError
│   ├── ClockSkewError
│   ├── UnknownAccessKeyError
│   ├── DisabledAccessKeyError
│   └── WrongSecretError
├── CallError                                    one call to AWS did not succeed
│   ├── AccessDeniedError (PermissionError)
│   ├── ThrottledError
│   ├── NotFoundError (LookupError)
│   ├── InvalidRequestError (ValueError)
│   ├── WrongRegionError
│   ├── ServiceError                             AWS itself failed (5xx)
│   └── EndpointError (ConnectionError)          nobody answered; the host is named
├── QueryError                                   one query did not give rows
│   ├── QuerySyntaxError                         refused when submitted: no execution exists
│   ├── QueryFailedError
│   ├── QueryCancelledError
│   ├── QueryTimeoutError (TimeoutError)
│   └── ScanLimitError
├── LocationOverrideError                        results would land, or landed, elsewhere
├── PreflightError                               checks failed; each with its remedy
├── PolicySizeError (ValueError)                 an IAM policy is larger than IAM takes
├── ConfirmationError (ValueError)               a change or deletion nobody confirmed
└── ResultError                                  the rows could not be read back whole
AthenaDSWarning (UserWarning)
├── SettingsWarning                              a field was taken otherwise than written
├── NothingVisibleWarning                        the catalog answered, and showed nothing
├── LocationOverrideWarning
└── ScanLimitWarning                             a query scanned more than its limit
```
"""

from .base import AthenaDSError, AthenaDSWarning, NothingVisibleWarning, SettingsWarning, facts_of, note, warn
from .calls import (
    AccessDeniedError,
    CallError,
    EndpointError,
    InvalidRequestError,
    NotFoundError,
    ServiceError,
    ThrottledError,
    WrongRegionError,
)
from .checks import ConfirmationError, PolicySizeError, PreflightError
from .denial import DeniedBy
from .identity import (
    ClockSkewError,
    CredentialsError,
    DisabledAccessKeyError,
    ExpiredCredentialsError,
    MetadataServiceNotFoundError,
    MetadataTokenNotAnsweredError,
    NoRoleAttachedError,
    ProfileNotFoundError,
    UnknownAccessKeyError,
    WrongSecretError,
)
from .queries import (
    LocationOverrideError,
    LocationOverrideWarning,
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ResultError,
    ScanLimitError,
    ScanLimitWarning,
    override_sentence,
)
from .settings import (
    ConfigError,
    InstanceRoleNotAllowedError,
    MissingExtraError,
    NotConnectedError,
    ParameterError,
    Problem,
    SavedDataSourceError,
)

__all__ = [
    "AccessDeniedError",
    "AthenaDSError",
    "AthenaDSWarning",
    "CallError",
    "ClockSkewError",
    "ConfigError",
    "ConfirmationError",
    "CredentialsError",
    "DeniedBy",
    "DisabledAccessKeyError",
    "EndpointError",
    "ExpiredCredentialsError",
    "InstanceRoleNotAllowedError",
    "InvalidRequestError",
    "LocationOverrideError",
    "LocationOverrideWarning",
    "MetadataServiceNotFoundError",
    "MetadataTokenNotAnsweredError",
    "MissingExtraError",
    "NoRoleAttachedError",
    "NotConnectedError",
    "NotFoundError",
    "NothingVisibleWarning",
    "ParameterError",
    "PolicySizeError",
    "PreflightError",
    "Problem",
    "ProfileNotFoundError",
    "QueryCancelledError",
    "QueryError",
    "QueryFailedError",
    "QuerySyntaxError",
    "QueryTimeoutError",
    "ResultError",
    "SavedDataSourceError",
    "ScanLimitError",
    "ScanLimitWarning",
    "ServiceError",
    "SettingsWarning",
    "ThrottledError",
    "UnknownAccessKeyError",
    "WrongRegionError",
    "WrongSecretError",
    "facts_of",
    "note",
    "override_sentence",
    "warn",
]
