"""Settings from TOML and environment, and what wrong ones get."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import ConfigurationError
from console.settings_file import choose_org, load, require_login_settings

GOOD = """
[org.prod]
instance_url = "https://acme.my.salesforce.com/"
consumer_key = "3MVG9abc"
username = "orgwatch@acme.example"
private_key_file = "~/prod.key"

[[org.prod.integration]]
name = "ERP sync"
match = { app = "MuleSoft ERP", user = "svc-erp@*" }
owner = "team-erp"
budget_calls_24h = 20000
expect = { source = ["203.0.113.0/24"], api_version_min = "60.0", hours = "00-06" }
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_whole_file_becomes_frozen_settings(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD), {})
    org = choose_org(settings, None)
    assert org is not None
    assert settings.default_org == "prod"
    assert org.instance_url == org.login_url == "https://acme.my.salesforce.com"
    assert org.private_key_file == Path.home() / "prod.key"
    (erp,) = org.integrations
    assert (erp.match.app, erp.match.user) == ("MuleSoft ERP", "svc-erp@*")
    assert erp.budget_calls_24h == 20_000
    assert erp.expect.hours == "00-06"
    require_login_settings(org, settings.config_file)


def test_the_environment_wins_and_is_named_as_the_origin(tmp_path: Path) -> None:
    environ = {
        "ORGWATCH_INSTANCE_URL": "https://other.my.salesforce.com",
        "ORGWATCH_PRIVATE_KEY": "PEM TEXT",
    }
    settings = load(written(tmp_path, GOOD), environ)
    (org,) = settings.orgs
    assert org.instance_url == org.login_url == "https://other.my.salesforce.com"
    assert org.private_key is not None
    assert org.private_key.reveal() == "PEM TEXT"
    assert "PEM TEXT" not in repr(settings)
    assert settings.origins["org.prod.instance_url"].endswith("ORGWATCH_INSTANCE_URL")
    assert settings.origins["org.prod.username"] == str(settings.config_file)


def test_the_environment_alone_describes_an_org(tmp_path: Path) -> None:
    environ = {
        "ORGWATCH_INSTANCE_URL": "https://acme.my.salesforce.com",
        "ORGWATCH_CONSUMER_KEY": "3MVG9",
        "ORGWATCH_USERNAME": "a@b.example",
        "ORGWATCH_PRIVATE_KEY_FILE": "/tmp/key",
    }
    settings = load(tmp_path / "missing.toml", environ)
    org = choose_org(settings, None)
    assert org is not None
    assert org.alias == "env"
    require_login_settings(org, settings.config_file)


def test_an_unknown_key_is_a_warning_that_names_the_nearest(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("username", "user_name"))
    settings = load(file, {})
    (warning,) = settings.warnings
    assert str(file) in warning
    assert "[org.prod]" in warning
    assert "did you mean username?" in warning


EXPECTED = """[org.prod]
[[org.prod.integration]]
name = 'x'
match = { app = 'x' }
[org.prod.integration.expect]
"""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[org.prod]\nsession_timeout_minutes = 'two'", "session_timeout_minutes"),
        ("[org.prod]\nstream_start = 'yesterday'", "stream_start"),
        ("[org.prod]\n[[org.prod.integration]]\nname = 'x'\nmatch = {}", "match"),
        (EXPECTED + "source = ['203.0.113.0/33']", "expect.source"),
        (EXPECTED + "api_version_min = 'sixty'", "expect.api_version_min"),
        (EXPECTED + "hours = '6 to 9'", "expect.hours"),
        ("default_org = 'test'\n[org.prod]", "test"),
        ("[org.prod", "config.toml"),
        ("org = 3", "org"),
    ],
)
def test_wrong_values_are_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path, text), {})
    assert named in f"{caught.value.title} {caught.value.meaning}"
    assert "config.toml" in caught.value.meaning


def test_a_file_named_on_purpose_must_exist(tmp_path: Path) -> None:
    assert not load(tmp_path / "none.toml", {}).config_file_exists
    with pytest.raises(ConfigurationError):
        load(tmp_path / "none.toml", {}, must_exist=True)


def test_several_orgs_need_a_choice(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "[org.a]\n[org.b]"), {})
    with pytest.raises(ConfigurationError, match="Which org"):
        choose_org(settings, None)
    chosen = choose_org(settings, "b")
    assert chosen is not None
    assert chosen.alias == "b"
    with pytest.raises(ConfigurationError, match="no org named 'c'"):
        choose_org(settings, "c")


@pytest.mark.parametrize("key", ["instance_url", "consumer_key", "username", "private_key_file"])
def test_a_missing_login_setting_is_named(tmp_path: Path, key: str) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(key))
    org = choose_org(load(written(tmp_path, text), {}), None)
    assert org is not None
    with pytest.raises(ConfigurationError) as caught:
        require_login_settings(org, tmp_path / "config.toml")
    assert key in f"{caught.value.title} {caught.value.next_step}"


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://acme.my.salesforce.com", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://127.0.0.1:8080", True),
        ("http://acme.my.salesforce.com", False),
        ("acme.my.salesforce.com", False),
        ("ftp://localhost", False),
    ],
)
def test_a_token_travels_by_tls_or_stays_at_home(tmp_path: Path, url: str, accepted: bool) -> None:
    text = GOOD.replace("https://acme.my.salesforce.com/", url)
    org = choose_org(load(written(tmp_path, text), {}), None)
    assert org is not None
    if accepted:
        require_login_settings(org, tmp_path / "config.toml")
    else:
        with pytest.raises(ConfigurationError, match="not an https address"):
            require_login_settings(org, tmp_path / "config.toml")


@given(st.binary(max_size=200))
def test_no_bytes_at_all_end_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("settings") / "config.toml"
    file.write_bytes(content)
    try:
        load(file, {})
    except ConfigurationError as error:
        assert str(file) in error.meaning
