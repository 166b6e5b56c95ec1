"""One secret from the operating system's keyring."""

from console.errors import ConfigurationError
from console.secrets import Secret


def keyring_secret(service: str, username: str, what: str) -> Secret:
    """What the keyring holds for ``service`` and ``username``; ``what`` names it in sentences.

    Raises `ConfigurationError` when there is no keyring, it stays locked, or it lacks the entry.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        content = keyring.get_password(service, username)
    except NoKeyringError:
        raise ConfigurationError(
            "This machine has no keyring",
            f"The {what} is to come from the keyring entry {service!r}, but no keyring service "
            "runs here (usual on servers).",
            "Use private_key_file with permissions 600 or ORGWATCH_PRIVATE_KEY, and for a "
            "passphrase ORGWATCH_PRIVATE_KEY_PASSPHRASE.",
        ) from None
    except KeyringError as error:
        raise ConfigurationError(
            "The keyring could not be opened",
            f"The {what} is to come from the keyring entry {service!r}.",
            "Unlock the keyring and start again.",
            type(error).__name__,
        ) from None
    if content is None:
        raise ConfigurationError(
            f"The keyring has no such {'key' if what == 'private key' else what}",
            f"It holds nothing for service {service!r} and user {username!r}.",
            f"Store the {what} there: `keyring set {service} {username}`"
            + (" with `< key.pem`." if what == "private key" else "."),
        )
    return Secret(content)
