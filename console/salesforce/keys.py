"""The private key that signs the login: from the environment, a file, or the OS keyring.

Every way in which a key can be wrong has its own sentences, because nobody can mend "invalid key".
"""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from console.errors import ConfigurationError
from console.salesforce.keyring_entry import keyring_secret
from console.secrets import Secret
from console.settings import OrgSettings

PASSPHRASE_VARIABLE = "ORGWATCH_PRIVATE_KEY_PASSPHRASE"  # noqa: S105  (a name, not a passphrase)
"""Opens an encrypted key."""

NEXT_PASSPHRASE_VARIABLE = "ORGWATCH_PRIVATE_KEY_NEXT_PASSPHRASE"  # noqa: S105  (a name as well)
"""Opens the next key, where it has another passphrase than the first."""

MIN_KEY_BITS = 2_048
"""RS256 keys shorter than this are refused (RFC 7518, section 3.3)."""

_MAX_KEY_BYTES = 65_536
_WRONG_KINDS = {
    "CERTIFICATE": (
        "It holds the certificate, which is the public half.",
        "Give the file that was made with it and begins with BEGIN PRIVATE KEY.",
    ),
    "PUBLIC KEY": (
        "It holds a public key.",
        "Give the file that begins with BEGIN PRIVATE KEY.",
    ),
    "OPENSSH PRIVATE KEY": (
        "It is in the format of OpenSSH.",
        "Convert a copy of it with `ssh-keygen -p -m PEM -f <copy>` and give the copy.",
    ),
}


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An RSA private key, ready to sign with."""

    signer: RSAPrivateKey = field(repr=False)
    """The key itself; in memory only."""
    source: str
    """Where it came from, in words that may be shown."""
    bits: int
    fingerprint: str
    """SHA-256 of the public half (SubjectPublicKeyInfo, DER), in hexadecimal."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one key of an org may be; the first that is set is the one."""

    inline: Secret | None
    inline_variable: str
    file: Path | None
    file_setting: str
    keyring: str | None
    passphrase_variables: tuple[str, ...]


def load_private_key(
    settings: OrgSettings, environment: Mapping[str, str] | None = None
) -> PrivateKey:
    """The key of ``settings``: given directly, else from its file, else from the keyring.

    ``environment`` (this process's by default) is asked for the passphrase only. Raises
    `ConfigurationError` with sentences of its own for each cause.
    """
    place = _Place(
        settings.private_key,
        "ORGWATCH_PRIVATE_KEY",
        settings.private_key_file,
        f"private_key_file in [org.{settings.alias}] (or ORGWATCH_PRIVATE_KEY_FILE)",
        settings.private_key_keyring,
        (PASSPHRASE_VARIABLE,),
    )
    key = _loaded(place, settings, environment)
    if key is not None:
        return key
    raise ConfigurationError(
        "No private key is configured",
        f"The login of org {settings.alias!r} is signed with a private key, and none was given.",
        f"Set private_key_file in [org.{settings.alias}], or ORGWATCH_PRIVATE_KEY_FILE.",
    )


def load_next_private_key(
    settings: OrgSettings, environment: Mapping[str, str] | None = None
) -> PrivateKey | None:
    """The key that is to replace the first, where one is configured; else as `load_private_key`."""
    place = _Place(
        settings.private_key_next,
        "ORGWATCH_PRIVATE_KEY_NEXT",
        settings.private_key_file_next,
        f"private_key_file_next in [org.{settings.alias}] (or ORGWATCH_PRIVATE_KEY_FILE_NEXT)",
        None,
        (NEXT_PASSPHRASE_VARIABLE, PASSPHRASE_VARIABLE),
    )
    return _loaded(place, settings, environment)


def _loaded(
    place: _Place, settings: OrgSettings, environment: Mapping[str, str] | None
) -> PrivateKey | None:
    if place.inline is not None:
        pem = _unfolded(place.inline)
        source = f"the environment variable {place.inline_variable}"
    elif place.file is not None:
        path = place.file.expanduser()
        pem, source = _file_content(path, place.file_setting), f"the file {path}"
    elif place.keyring is not None:
        pem = keyring_secret(place.keyring, settings.username, "private key")
        source = f"the keyring entry {place.keyring!r} of {settings.username!r}"
    else:
        return None
    _check_kind(pem, source)
    passphrase = Secret("")
    if _is_encrypted(pem):
        passphrase = _passphrase(place, settings, environment, source)
    return _parsed(pem, passphrase, source, place.passphrase_variables[0])


def _passphrase(
    place: _Place,
    settings: OrgSettings,
    environment: Mapping[str, str] | None,
    source: str,
) -> Secret:
    """Asked for only when the key is encrypted, so that no keyring is unlocked for nothing."""
    variables = os.environ if environment is None else environment
    for name in place.passphrase_variables:
        if variables.get(name):
            return Secret(variables[name])
    if settings.private_key_passphrase_keyring is not None:
        service = settings.private_key_passphrase_keyring
        return keyring_secret(service, settings.username, "passphrase")
    raise ConfigurationError(
        "The private key is encrypted",
        f"The key in {source} has a passphrase, and none was given.",
        f"Set {place.passphrase_variables[0]} to the passphrase, or name the keyring entry that "
        f"holds it: private_key_passphrase_keyring in [org.{settings.alias}].",
    )


def _unfolded(pem: Secret) -> Secret:
    """``pem`` with real line breaks: many secret stores keep a PEM on one line, breaks escaped."""
    return Secret(pem.reveal().replace("\\n", "\n"))


def _file_content(path: Path, setting: str) -> Secret:
    try:
        status = path.stat()
        _check_file(path, status, setting)
        with path.open("rb") as file:
            content = file.read(_MAX_KEY_BYTES)
    except FileNotFoundError:
        raise ConfigurationError(
            "The private key file does not exist",
            f"There is no file {path}, which is named by {setting}.",
            "Correct the setting, or put the key there with permissions 600.",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            "The private key file cannot be read",
            f"{path} is named by {setting}, and opening it failed.",
            "Make the file and its folders readable by the user that runs orgwatch.",
            error.strerror or type(error).__name__,
        ) from None
    return Secret(content.decode("latin-1"))


def _check_file(path: Path, status: os.stat_result, setting: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigurationError(
            "The private key file is not a file",
            f"{path}, named by {setting}, is a folder or a device.",
            "Name the key file itself.",
        )
    if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            "The private key can be read by others",
            f"{path} has permissions {stat.S_IMODE(status.st_mode):03o}; whoever reads it can "
            "log in to the org as the integration user.",
            f"Run `chmod 600 {path}`. If others had access to this machine, make a new key.",
        )


def _parsed(pem: Secret, passphrase: Secret, source: str, variable: str) -> PrivateKey:
    key = _opened(pem, passphrase, source, variable)
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(
            "The private key is not an RSA key",
            f"The key in {source} is of another kind; Salesforce's JWT bearer flow takes RS256 "
            "only.",
            "Make an RSA key of 2048 bits or more and upload its certificate to the app.",
        )
    if key.key_size < MIN_KEY_BITS:
        raise ConfigurationError(
            "The private key is too short",
            f"The key in {source} has {key.key_size} bits; at least {MIN_KEY_BITS} are safe.",
            "Make an RSA key of 2048 bits or more and upload its certificate to the app.",
        )
    return PrivateKey(key, source, key.key_size, fingerprint_of(key.public_key()))


def fingerprint_of(public_key: RSAPublicKey) -> str:
    """SHA-256 of a public key, in hexadecimal; tells keys apart and reveals nothing."""
    content = public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(content).hexdigest()


def _check_kind(pem: Secret, source: str) -> None:
    kind = _kind(pem)
    if kind is None:
        raise ConfigurationError(
            "The private key is not in PEM form",
            f"What is in {source} has no line `-----BEGIN PRIVATE KEY-----`.",
            "Give the key as PEM text, as `openssl genpkey` writes it.",
        )
    if kind in _WRONG_KINDS:
        meaning, next_step = _WRONG_KINDS[kind]
        raise ConfigurationError(
            "This is not the private key", f"Looked in {source}. {meaning}", next_step
        )


def _kind(pem: Secret) -> str | None:
    """What the first BEGIN line names; apart, so that no caller's frame holds the key's text."""
    match = re.search(r"-----BEGIN ([A-Z0-9 ]{1,40})-----", pem.reveal())
    return None if match is None else match[1]


def _is_encrypted(pem: Secret) -> bool:
    return "BEGIN ENCRYPTED" in pem.reveal() or "Proc-Type: 4,ENCRYPTED" in pem.reveal()


def _opened(pem: Secret, passphrase: Secret, source: str, variable: str) -> object:
    key = _decoded(pem, passphrase)
    if key is not None:
        return key
    if _is_encrypted(pem):
        raise ConfigurationError(
            "The private key did not open",
            f"The key in {source} is encrypted and does not open with the passphrase given.",
            f"Correct {variable}, or the passphrase in the keyring.",
        )
    raise ConfigurationError(
        "The private key is damaged",
        f"What is in {source} begins like a key but cannot be read as one.",
        "Copy the key again, with all its lines, or make a new one.",
    )


def _decoded(pem: Secret, passphrase: Secret) -> object | None:
    """The key, or None; apart, for the same reason as `_kind`."""
    password = passphrase.reveal().encode() if _is_encrypted(pem) else None
    try:
        return serialization.load_pem_private_key(pem.reveal().encode("latin-1"), password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
