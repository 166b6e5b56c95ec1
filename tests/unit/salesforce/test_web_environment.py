"""What the environment says of proxies and certificates holds for REST and streaming alike."""

from pathlib import Path
from typing import Any

import pytest
import trustme

from console.web_environment import named_certificates, proxy_for
from tests.unit.salesforce.scripted_org import ScriptedOrg, serving
from tests.unit.salesforce.test_unreachable import fault_of, tls

ORG = "https://acme.my.salesforce.com/cometd/68.0"


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({"HTTPS_PROXY": "http://proxy:3128"}, ORG, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, ORG, "http://proxy:3128"),
        ({"ALL_PROXY": "http://all:1"}, ORG, "http://all:1"),
        ({"HTTP_PROXY": "http://plain:1"}, ORG, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".salesforce.com"}, ORG, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.example"}, ORG, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, ORG, None),
        ({"HTTPS_PROXY": "http://u:p@p:1"}, "https://[2001:db8::1]/x", "http://u:p@p:1"),
        ({}, ORG, None),
    ],
)
def test_the_proxy_of_an_address(
    variables: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
async def test_a_private_issuer_is_trusted_by_each_usual_variable(
    variable: str, org: ScriptedOrg, connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    file = tmp_path / "issuer.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv(variable, str(file))
    async with serving(org.handle, tls(authority, "127.0.0.1")) as url:
        org.url = url
        async with connect(login_url=url, instance_url=url) as console:
            assert (await console.tokens.token()).instance_url == url


def test_certificates_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        named_certificates({"REQUESTS_CA_BUNDLE": str(tmp_path / "missing.pem")})
    assert named_certificates({}) is None
    assert named_certificates({"SSL_CERT_DIR": str(tmp_path)}) is not None


async def test_a_certificate_that_is_not_trusted_is_named(org: ScriptedOrg, connect: Any) -> None:
    authority = trustme.CA(organization_name="Inspecting Proxies Ltd")
    async with serving(org.handle, tls(authority, "127.0.0.1")) as url:
        fault = await fault_of(connect, login_url=url)
    assert fault.title == "The certificate of the host is not trusted"
    assert "issued by" in fault.meaning
    assert "Inspecting Proxies Ltd" in fault.meaning
