"""The token endpoint's refusals, each in the words of a real org.

Texts that are not marked as unknown were captured from real orgs or are quoted by the help (OAuth
2.0 flow errors); the codes are those of Salesforce's own mobile SDK.
"""

from aiohttp import web

NO_STORE = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}


class TokenRefused(Exception):
    """The token endpoint's no: HTTP 400 with ``error`` and ``error_description``.

    ``login_status`` is the text that LoginHistory shows for the attempt, and ``username`` and
    ``app_name`` say whose it was; None and ``N/A`` where the attempt got too little far to tell.
    """

    def __init__(self, error: str, description: str, login_status: str = "Failed: Invalid Token"):
        super().__init__(description)
        self.error = error
        self.description = description
        self.login_status = login_status
        self.username: str | None = None
        self.app_name = "N/A"
        self.sub_type: str | None = None


def refusal(refused: TokenRefused) -> web.Response:
    """The HTTP answer to a request that was refused."""
    body = {"error": refused.error, "error_description": refused.description}
    return web.json_response(body, status=400, headers=NO_STORE)


def missing(parameter: str) -> TokenRefused:
    """A form field that every request of its kind must have."""
    return TokenRefused("invalid_request", f"missing required parameter: {parameter}")


def unknown_client() -> TokenRefused:
    """A consumer key that the org does not know."""
    return TokenRefused(
        "invalid_client_id", "client identifier invalid", "Failed: Missing Consumer Key Parameter"
    )


def wrong_secret() -> TokenRefused:
    """A client that could not prove who it is."""
    return TokenRefused("invalid_client", "invalid client credentials")


def not_installed() -> TokenRefused:
    """An External Client App of another org, or one that is switched off here."""
    return TokenRefused("app_not_found", "External client app is not installed in this org")


def blocked() -> TokenRefused:
    """A connected app that an administrator blocked."""
    return TokenRefused("app_blocked", "this app is blocked by admin")


def flow_disabled() -> TokenRefused:
    """A flow that the app has switched off. The code is the SDK's, its text is not known."""
    return TokenRefused("oauth_flow_disabled", "oauth flow disabled")


def unsupported_grant() -> TokenRefused:
    """A flow that does not exist, or that the org has switched off."""
    return TokenRefused("unsupported_grant_type", "grant type not supported")


def authentication_failure() -> TokenRefused:
    """A wrong password, or whatever else the org does not want to name."""
    return TokenRefused("invalid_grant", "authentication failure", "Invalid password")


def dead_token() -> TokenRefused:
    """A refresh token that was revoked, has expired or never was."""
    return TokenRefused("invalid_grant", "expired access/refresh token")
