"""What every login must pass, whichever flow it comes by: the app, the user, the budget.

The order is that of the token endpoint's own checks as far as it is known: what is wrong with the
client comes before what is wrong with the user.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from console.simulator.ids import consumer_key_of
from console.simulator.oauth import errors as oauth_errors
from console.simulator.oauth.errors import TokenRefused
from console.simulator.oauth.login_budget import LoginBudget
from console.simulator.oauth.options import OauthOptions
from console.simulator.org.story import SimApp, SimUser
from console.simulator.world import World

OTHER_ORGS_APP_KEY = consumer_key_of("external_client_app of another org")
"""Consumer key of an External Client App that exists in another org and not in this one."""


@dataclass(frozen=True, slots=True)
class LoginDesk:
    """Judges apps and users for one org; every method raises TokenRefused to refuse."""

    world: World
    options: OauthOptions
    budget: LoginBudget

    def app(self, consumer_key: object) -> SimApp:
        """The app of that key, unless it is unknown, not installed or blocked."""
        if consumer_key == OTHER_ORGS_APP_KEY:
            raise oauth_errors.not_installed()
        app = self.world.app_by_consumer_key(str(consumer_key))
        if app is None:
            raise oauth_errors.unknown_client()
        if app.kind == "external_client_app" and not app.enabled:
            raise oauth_errors.not_installed()
        if not app.enabled:
            raise oauth_errors.blocked()
        return app

    def app_with_flow(self, consumer_key: object, flow: str) -> SimApp:
        """The app of that key, if its policy allows the grant type ``flow``."""
        app = self.app(consumer_key)
        if flow in self.options.policy(app.consumer_key).disabled_flows:
            raise oauth_errors.flow_disabled()
        return app

    def user(self, username: str, now: datetime, address: str) -> SimUser:
        """The user of that name, if active, within budget and calling from where it may."""
        user = self.world.user_by_username(username)
        if user is None or not user.is_active:
            if self.options.legacy_codes:
                raise TokenRefused("inactive_user", "User is inactive", "User is inactive")
            raise TokenRefused("invalid_grant", "inactive user", "User is inactive")
        if not self.budget.spend(user.username, now):
            code = "rate_limit_exceeded" if self.options.legacy_codes else "invalid_grant"
            raise TokenRefused(code, "login rate exceeded", "Login rate exceeded")
        if self.options.login_ranges and not _is_within(address, self.options.login_ranges):
            raise TokenRefused("invalid_grant", "ip restricted", "Restricted IP")
        return user

    def check_approval(self, user: SimUser, app: SimApp) -> None:
        """Refuse a user who was not pre-authorized, or has not approved the app."""
        if app.may_be_used_by(user.username):
            return
        if app.pre_authorized_only and self.options.unassigned_code == "invalid_app_access":
            raise TokenRefused(
                "invalid_app_access", "user is not admin approved to access this app"
            )
        raise TokenRefused("invalid_grant", self.options.approval_text)

    def check_org(self) -> None:
        """Refuse every login to an org that is locked, closed or suspended."""
        if not self.options.org_is_active:
            code = "inactive_org" if self.options.legacy_codes else "invalid_grant"
            raise TokenRefused(code, "inactive organization")


def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)
