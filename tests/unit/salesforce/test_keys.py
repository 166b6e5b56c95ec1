"""Each way in which a private key can be wrong has sentences of its own, and exit code 2."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from console.errors import ConfigurationError
from console.exit_codes import ExitCode
from console.salesforce.keys import PASSPHRASE_VARIABLE, PrivateKey, load_private_key
from console.secrets import Secret
from console.settings import OrgSettings


def refused(settings: OrgSettings, environment: dict[str, str] | None = None) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_private_key(settings, environment or {})
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    assert caught.value.meaning
    assert caught.value.next_step
    return caught.value


@pytest.fixture
def from_file(settings: OrgSettings, tmp_path: Path) -> Callable[[str], OrgSettings]:
    def settings_with(content: str) -> OrgSettings:
        path = tmp_path / "prod.key"
        path.touch(mode=0o600)
        path.write_text(content)
        return replace(settings, private_key=None, private_key_file=path)

    return settings_with


def as_pem(key: Any, passphrase: str | None = None) -> str:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    return pem.decode()


def opens(key: PrivateKey, like: rsa.RSAPrivateKey) -> bool:
    return key.signer.private_numbers() == like.private_numbers()


def test_a_key_from_a_file(
    from_file: Callable[[str], OrgSettings], pem: str, rsa_key: rsa.RSAPrivateKey
) -> None:
    ours = from_file(pem)
    key = load_private_key(ours, {})
    assert opens(key, rsa_key)
    assert key.bits == 2048
    assert str(ours.private_key_file) in key.source


def test_a_key_given_directly_outranks_the_file(
    from_file: Callable[[str], OrgSettings], pem: str
) -> None:
    ours = replace(from_file("no key at all"), private_key=Secret(pem))
    assert "ORGWATCH_PRIVATE_KEY" in load_private_key(ours, {}).source


def test_a_key_on_one_line_with_escaped_breaks(
    settings: OrgSettings, pem: str, rsa_key: rsa.RSAPrivateKey
) -> None:
    folded = replace(settings, private_key=Secret(pem.replace("\n", "\\n")))
    assert opens(load_private_key(folded, {}), rsa_key)


def test_an_encrypted_key_and_its_passphrase(
    from_file: Callable[[str], OrgSettings], rsa_key: rsa.RSAPrivateKey
) -> None:
    ours = from_file(as_pem(rsa_key, "open sesame"))
    assert refused(ours).title == "The private key is encrypted"
    assert PASSPHRASE_VARIABLE in refused(ours).next_step
    wrong = refused(ours, {PASSPHRASE_VARIABLE: "open barley"})
    assert wrong.title == "The private key did not open"
    assert opens(load_private_key(ours, {PASSPHRASE_VARIABLE: "open sesame"}), rsa_key)


def test_a_passphrase_that_is_not_needed_does_no_harm(settings: OrgSettings) -> None:
    load_private_key(settings, {PASSPHRASE_VARIABLE: "left over"})


def test_no_key_configured(settings: OrgSettings) -> None:
    fault = refused(replace(settings, private_key=None))
    assert fault.title == "No private key is configured"
    assert "[org.prod]" in fault.next_step


def test_a_missing_file(settings: OrgSettings, tmp_path: Path) -> None:
    path = tmp_path / "missing.key"
    fault = refused(replace(settings, private_key=None, private_key_file=path))
    assert fault.title == "The private key file does not exist"
    assert str(path) in fault.meaning
    assert "private_key_file in [org.prod]" in fault.meaning


def test_a_folder_and_a_pipe_are_not_keys(settings: OrgSettings, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe"):
        fault = refused(replace(settings, private_key=None, private_key_file=path))
        assert fault.title == "The private key file is not a file"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666, 0o601])
def test_a_key_that_others_can_read(
    from_file: Callable[[str], OrgSettings], pem: str, mode: int
) -> None:
    ours = from_file(pem)
    assert ours.private_key_file is not None
    ours.private_key_file.chmod(mode)
    fault = refused(ours)
    assert fault.title == "The private key can be read by others"
    assert f"chmod 600 {ours.private_key_file}" in fault.next_step
    assert f"{mode:03o}" in fault.meaning
    assert stat.S_IMODE(ours.private_key_file.stat().st_mode) == mode, "nothing is changed"


def test_what_is_no_private_key(
    from_file: Callable[[str], OrgSettings], rsa_key: rsa.RSAPrivateKey, pem: str
) -> None:
    public = rsa_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    openssh = rsa_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    certificate = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"
    titles = {
        "": "The private key is not in PEM form",
        "\x00\xff binary": "The private key is not in PEM form",
        public.decode(): "This is not the private key",
        openssh.decode(): "This is not the private key",
        certificate: "This is not the private key",
        pem[: len(pem) // 2]: "The private key is damaged",
        pem.replace("A", "B"): "The private key is damaged",
        as_pem(ec.generate_private_key(ec.SECP256R1())): "The private key is not an RSA key",
    }
    for content, title in titles.items():
        assert refused(from_file(content)).title == title, content[:40]


def test_a_short_key(from_file: Callable[[str], OrgSettings]) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    fault = refused(from_file(as_pem(short)))
    assert fault.title == "The private key is too short"
    assert "1024 bits" in fault.meaning


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self, content: dict[tuple[str, str], str]) -> None:
        super().__init__()
        self.content = content

    def get_password(self, service: str, username: str) -> str | None:
        return self.content.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def use_keyring() -> Any:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_key_from_the_keyring(
    settings: OrgSettings, pem: str, rsa_key: rsa.RSAPrivateKey, use_keyring: Any
) -> None:
    use_keyring(Drawer({("orgwatch", "orgwatch@acme.example"): pem}))
    ours = replace(settings, private_key=None, private_key_keyring="orgwatch")
    assert opens(load_private_key(ours, {}), rsa_key)
    other = refused(replace(ours, private_key_keyring="elsewhere"))
    assert other.title == "The keyring has no such key"
    assert "keyring set elsewhere" in other.next_step


def test_a_passphrase_from_the_keyring(
    from_file: Callable[[str], OrgSettings], rsa_key: rsa.RSAPrivateKey, use_keyring: Any
) -> None:
    ours = replace(
        from_file(as_pem(rsa_key, "open sesame")), private_key_passphrase_keyring="orgwatch"
    )
    use_keyring(Drawer({}))
    assert refused(ours).title == "The keyring has no such passphrase"
    use_keyring(Drawer({("orgwatch", "orgwatch@acme.example"): "open sesame"}))
    assert opens(load_private_key(ours, {}), rsa_key)
    wrong = refused(ours, {PASSPHRASE_VARIABLE: "open barley"})
    assert wrong.title == "The private key did not open", "the environment outranks the keyring"


def test_a_key_without_passphrase_leaves_the_keyring_locked(
    from_file: Callable[[str], OrgSettings], pem: str, use_keyring: Any
) -> None:
    use_keyring(keyring.backends.fail.Keyring())
    load_private_key(replace(from_file(pem), private_key_passphrase_keyring="orgwatch"), {})


def test_a_machine_without_a_keyring(settings: OrgSettings, use_keyring: Any) -> None:
    use_keyring(keyring.backends.fail.Keyring())
    fault = refused(replace(settings, private_key=None, private_key_keyring="orgwatch"))
    assert fault.title == "This machine has no keyring"
    assert "private_key_file" in fault.next_step
