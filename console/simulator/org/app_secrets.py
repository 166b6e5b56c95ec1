"""What only the owners of the simulated org's apps and accounts know: secrets and passwords.

They follow from the app's key and the user's name, so that they are the same in every run.
"""

from console.simulator.dice import number_from
from console.simulator.ids import base62
from console.simulator.org.story import SimApp, SimUser


def consumer_secret_of(app: SimApp) -> str:
    """The app's consumer secret: 64 hexadecimal digits, as new apps get them."""
    parts = [number_from("consumer secret", app.consumer_key, n) for n in range(4)]
    return "".join(f"{part:016X}" for part in parts)


def password_of(user: SimUser) -> str:
    """The user's password."""
    return "Pw" + base62(number_from("password", user.username), 10) + "!"


def security_token_of(user: SimUser) -> str:
    """What a user outside the trusted networks appends to the password: 24 characters."""
    parts = [base62(number_from("security token", user.username, n), 8) for n in range(3)]
    return "".join(parts)
