"""An endpoint beyond loopback: only with IAM, any name, and nothing without a key."""

from __future__ import annotations

import http.client
from contextlib import closing

import pytest

from athena_ds.local import LocalAthena
from athena_ds.local.__main__ import main
from athena_ds.local.front import FarCallers, is_loopback


@pytest.mark.parametrize(("host", "own"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("10.1.2.3", False)])
def test_what_is_loopback(host: str, own: bool) -> None:
    """`localhost` and loopback addresses are; a name that may be anything is not."""
    assert is_loopback(host) == own
    assert is_loopback("localhost")
    assert not is_loopback("trino.example")


def test_it_needs_iam(capsys: pytest.CaptureFixture[str]) -> None:
    """Without it anybody would be let in, so it does not start; in words, from Python and from a shell."""
    with pytest.raises(ValueError, match="needs iam=True"):
        LocalAthena(samples=False, host="0.0.0.0")
    with pytest.raises(SystemExit):
        main(["--host", "0.0.0.0"])
    assert "--host 0.0.0.0 is beyond this machine, so it needs --iam" in capsys.readouterr().err


def test_any_name_will_do_but_a_key_is_needed() -> None:
    """A request under another name is judged, not refused for its name; unsigned ones are; no page's is answered."""
    with LocalAthena(samples=False, host="0.0.0.0", iam=True) as endpoint:
        assert endpoint.endpoint_url.startswith("http://127.0.0.1:")
        port = int(endpoint.endpoint_url.rpartition(":")[2])
        target = {"X-Amz-Target": "AmazonAthena.ListWorkGroups", "Content-Type": "application/x-amz-json-1.1"}

        def asked(headers: dict[str, str]) -> tuple[int, str]:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("POST", "/", body=b"{}", headers={**target, **headers})
                answer = connection.getresponse()
                return answer.status, answer.read().decode()

        status, body = asked({"Host": "endpoint.example:1"})
        assert (status, "MissingAuthenticationToken" in body) == (400, True)
        status, body = asked({"Host": "endpoint.example:1", "Origin": "http://evil.example"})
        assert (status, "no web pages" in body) == (403, True)


def test_faults_are_for_callers_on_this_machine() -> None:
    """They need no key, so nobody else may set them."""
    seen: list[str] = []
    door = FarCallers(lambda environ, start: [b"in"])
    for address, expected in (("10.0.0.9", b"own machine"), ("127.0.0.1", b"in")):
        environ = {"PATH_INFO": "/_athena_ds/faults", "REMOTE_ADDR": address}
        assert expected in b"".join(door(environ, lambda status, headers: seen.append(status)))
    assert seen == ["403 Forbidden"]
