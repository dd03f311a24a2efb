"""Errors about who asks."""

from __future__ import annotations

from .base import AthenaDSError


class CredentialsError(AthenaDSError):
    """The caller's identity could not be shown to AWS.

    What to do: say who asks: an access key, a profile, a role to assume, or the instance role where it is on offer.
    """


class MetadataServiceNotFoundError(CredentialsError):
    """No instance metadata service answers: this machine is not an EC2 instance, or it is switched off.

    What to do: use an access key or a profile; the instance role works only on an EC2 instance with its metadata
    service on.
    """

    def __init__(self, *, endpoint: str, instead: str = "") -> None:
        self.endpoint = endpoint
        super().__init__(
            f"No instance metadata service answers at {endpoint}.",
            remedy=instead
            or "The instance role works only on an EC2 instance with its metadata service on; elsewhere use an access "
            "key or a profile.",
        )


class MetadataTokenNotAnsweredError(CredentialsError):
    """The metadata service takes the connection and never answers the token request.

    What to do: inside a container, raise the instance's http-put-response-hop-limit to 2, or use host networking.
    """

    def __init__(self, *, endpoint: str) -> None:
        self.endpoint = endpoint
        super().__init__(
            f"The instance metadata service at {endpoint} did not answer the IMDSv2 token request.",
            remedy="Inside a container the answer is dropped when its hop limit is 1: set http-put-response-hop-limit "
            "to 2 on the instance (aws ec2 modify-instance-metadata-options), or use host networking.",
        )


class NoRoleAttachedError(CredentialsError):
    """The metadata service answers, and the instance has no role.

    What to do: attach an instance profile to the instance.
    """

    def __init__(self, *, endpoint: str) -> None:
        self.endpoint = endpoint
        super().__init__(
            f"The instance metadata service at {endpoint} knows no role: none is attached to this instance.",
            remedy="Attach an instance profile to the instance (aws ec2 associate-iam-instance-profile).",
        )


class ProfileNotFoundError(CredentialsError):
    """The named profile is missing or gives no credentials.

    What to do: name a profile that `aws configure list-profiles` shows, or sign in again with `aws sso login`.
    """


class ExpiredCredentialsError(CredentialsError):
    """Temporary credentials have ended.

    AWS says: `ExpiredTokenException`: The security token included in the request is expired

    What to do: get fresh temporary credentials and make the data source again; `ds.result(id)` then reads a query that
    had finished, without paying again.
    """

    def __init__(self, *, whose: str = "The session token", remedy: str = "") -> None:
        self.query_execution_id = ""
        super().__init__(
            f"{whose} has expired.",
            remedy=remedy or "Get fresh temporary credentials and make the data source again.",
        )

    def amid(self, query_execution_id: str) -> None:
        """Say that they ended while a query was under way, or was read."""
        self.query_execution_id = query_execution_id
        self.remedy += (
            f" The query {query_execution_id} is not lost: ds.result('{query_execution_id}') reads it afterwards."
        )


class ClockSkewError(CredentialsError):
    """This machine's clock differs too much from AWS's.

    AWS says: `InvalidSignatureException`: Signature expired: 20261126T080000Z is now earlier than 20261126T090000Z
    (20261126T090500Z - 5 min.)

    What to do: set the clock, for example with chrony or ntpd.
    """

    def __init__(self, *, seconds: float | None = None) -> None:
        self.seconds = seconds
        by = "" if seconds is None else f" by {abs(seconds):.0f} s ({'behind' if seconds > 0 else 'ahead'})"
        super().__init__(
            f"AWS refused the signature because this machine's clock is wrong{by}.",
            remedy="Set the clock (for example with chrony or ntpd) and try again.",
        )


class UnknownAccessKeyError(CredentialsError):
    """AWS does not know the access key id.

    AWS says: `UnrecognizedClientException`: The security token included in the request is invalid.

    What to do: check the id letter by letter, that the key was not deleted, and that its account is in this partition;
    an id that begins with ASIA also needs its session token.
    """

    def __init__(self, *, access_key_id: str = "") -> None:
        super().__init__(
            f"AWS does not know the access key id{f' {access_key_id}' if access_key_id else ''}.",
            remedy="Check it letter by letter, that it was not deleted or made inactive, and that its account is in "
            "this partition. A key that begins with ASIA also needs its session token.",
        )


class DisabledAccessKeyError(CredentialsError):
    """The access key exists and is inactive.

    What to do: make the key active again in IAM, or use another one.
    """

    def __init__(self, *, access_key_id: str = "") -> None:
        super().__init__(
            f"The access key{f' {access_key_id}' if access_key_id else ''} is inactive.",
            remedy="Make it active again in IAM (aws iam update-access-key --status Active), or use another one.",
        )


class WrongSecretError(CredentialsError):
    """The secret access key does not belong to the access key id.

    AWS says: `SignatureDoesNotMatch`: The request signature we calculated does not match the signature you provided.
    Check your AWS Secret Access Key and signing method.

    What to do: enter the secret again, whole and without blanks; if it is lost, make a new key.
    """

    def __init__(self, *, access_key_id: str = "") -> None:
        super().__init__(
            "The secret access key does not fit the access key id"
            f"{f' {access_key_id}' if access_key_id else ''}: AWS computed another signature.",
            remedy="Enter the secret again, whole and without blanks; if it is lost, make a new key.",
        )
