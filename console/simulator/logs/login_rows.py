"""The rows of Login and Logout: who got in, who did not, and who left by clicking."""

from console.simulator.dice import mixed
from console.simulator.events.payloads import LOGIN_HOST
from console.simulator.keys import request_id, session_key
from console.simulator.life.logins import BROWSER_LOGIN, OAUTH_LOGIN, Login, Logout
from console.simulator.logs.columns import columns_of
from console.simulator.logs.csv_file import csv_line
from console.simulator.logs.rows import NO_ROWS, PUNCTUAL, Rows, in_order
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms
from console.simulator.org.places import place_of

_UNKNOWN_VERSION = "9998.0"
_LOGIN_TYPES = {OAUTH_LOGIN: "i", BROWSER_LOGIN: "A", "Other Apex API": "I"}
_LOGIN_URIS = {OAUTH_LOGIN: "/services/oauth2/token", BROWSER_LOGIN: "/index.jsp"}
_API_TYPES = {"SOAP Partner": "P", "SOAP Enterprise": "E"}
_STATUS_CODES = {
    "Success": "LOGIN_NO_ERROR",
    "Invalid password": "LOGIN_ERROR_INVALID_PASSWORD",
    "User is inactive": "LOGIN_ERROR_USER_INACTIVE",
    "Password lockout": "LOGIN_ERROR_PASSWORD_LOCKOUT",
    "Login rate exceeded": "LOGIN_ERROR_RATE_EXCEEDED",
    "Restricted IP": "LOGIN_ERROR_RESTRICTED_DOMAIN",
    "Failed: OAuth API access disabled": "LOGIN_OAUTH_API_DISABLED",
    "Failed: Consumer Deleted": "LOGIN_OAUTH_CONSUMER_DELETED",
    "Failed: Signature Invalid": "LOGIN_OAUTH_INVALID_DSIG",
    "Failed: IP Address Not Allowed": "LOGIN_OAUTH_INVALID_IP",
    "Failed: Invalid Token": "LOGIN_OAUTH_INVALID_TOKEN",
    "Failed: Missing Consumer Key Parameter": "LOGIN_OAUTH_NO_CONSUMER",
}
"""LoginHistory's texts and the log's codes (object-reference, login status)."""


def status_code(text: str) -> str:
    """LOGIN_STATUS for a LoginHistory status; a text without a documented code is itself."""
    return _STATUS_CODES.get(text, text)


class LoginRows:
    """Login attempts, successful or not. The row names no app."""

    event_type = "Login"

    def __init__(self, sources: LogSources, *, newest: bool) -> None:
        self.columns = columns_of(self.event_type, newest=newest)
        self._newest = newest
        self._logins = sources.logins
        self._own = sources.own
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """All login attempts of a minute since 1970, generated and real."""
        start_ms = minute * MINUTE_MS
        logins = (
            *self._logins.of_minute(minute),
            *self._own.logins(start_ms, start_ms + MINUTE_MS),
        )
        if not logins:
            return NO_ROWS
        return in_order(
            (login.at_ms, PUNCTUAL if login.is_real else login.number, self._line(login))
            for login in logins
        )

    def _line(self, login: Login) -> str:
        chance = mixed(login.number, 81)
        user_id = login.user.user_id
        is_soap = login.api_type != "N/A"
        values = (
            self.event_type,
            compact_ms(_logged_ms(login.at_ms, chance % 60)),
            request_id(chance),
            self._org_id,
            user_id[:15],
            str(40 + chance % 400),
            str(20 + chance % 90),
            _LOGIN_URIS.get(login.login_type, "Api"),
            "",
            session_key(login.number, 11),
            login.user.user_type,
            "",
            str(20_000_000 + chance % 80_000_000),
            _LOGIN_TYPES.get(login.login_type, ""),
            login.user_agent,
            _API_TYPES.get(login.api_type, ""),
            login.api_version if is_soap else _UNKNOWN_VERSION,
            login.user.username,
            "TLSv1.3" if login.login_type == OAUTH_LOGIN else "TLSv1.2",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "",
            "",
            iso_ms(login.at_ms),
            user_id,
            "Salesforce.com IP",
            "",
            status_code(login.status),
            login.source_ip,
        )
        return csv_line((*values, *self._newest_values(login)))

    def _newest_values(self, login: Login) -> tuple[str, ...]:
        if not self._newest:
            return ()
        country = place_of(login.source_ip).country_iso or ""
        return ("", country, "", "", LOGIN_HOST, "")


class LogoutRows:
    """Clicks on Log Out."""

    event_type = "Logout"

    def __init__(self, sources: LogSources) -> None:
        self.columns = columns_of(self.event_type)
        self._logins = sources.logins
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """All logouts of a minute since 1970."""
        logouts = self._logins.logouts_of_minute(minute)
        return Rows(
            [logout.number for logout in logouts], [self._line(logout) for logout in logouts]
        )

    def _line(self, logout: Logout) -> str:
        user_id = logout.user.user_id
        values = (
            self.event_type,
            compact_ms(logout.at_ms),
            request_id(mixed(logout.number, 83)),
            self._org_id,
            user_id[:15],
            "Standard(db=S,api=Standard)",
            "UI",
            "STANDARD(db=1,api=STANDARD)",
            "",
            "1015",
            "9999",
            "1007",
            _UNKNOWN_VERSION,
            "",
            _UNKNOWN_VERSION,
            "1",
            session_key(logout.number, 13),
            session_key(logout.number, 11),
            iso_ms(logout.at_ms),
            user_id,
            logout.source_ip,
        )
        return csv_line(values)


def _logged_ms(at_ms: int, later_ms: int) -> int:
    """TIMESTAMP of a login row, some milliseconds after TIMESTAMP_DERIVED in the same second."""
    return at_ms - at_ms % 1000 + min(999, at_ms % 1000 + later_ms)
