"""Every address that the simulated org answers at."""

from aiohttp import web

from console.simulator.cometd.endpoint import add_streaming_routes
from console.simulator.metadata.soap_login import add_soap_login_routes
from console.simulator.metadata.soap_metadata import add_metadata_routes
from console.simulator.oauth.authorize import add_authorize_routes
from console.simulator.oauth.device import add_device_routes
from console.simulator.oauth.discovery import add_discovery_routes
from console.simulator.oauth.identity import add_identity_routes
from console.simulator.oauth.introspect import add_introspect_routes
from console.simulator.oauth.revoke import add_revoke_routes
from console.simulator.oauth.token import add_oauth_routes
from console.simulator.rest.app_usage import add_app_usage_routes
from console.simulator.rest.bulk import add_bulk_routes
from console.simulator.rest.composite import add_composite_routes
from console.simulator.rest.composite_batch import add_batch_routes
from console.simulator.rest.event_schema import add_event_schema_routes
from console.simulator.rest.limits import add_limits_routes
from console.simulator.rest.query import add_query_routes
from console.simulator.rest.records import add_record_routes
from console.simulator.rest.root import add_rest_routes, add_version_routes
from console.simulator.rest.sobjects import add_describe_routes
from console.simulator.web.control import add_control_routes
from console.simulator.web.control_logins import add_login_list_route

_ROOTS = ("/services/data/v{version}", "/services/data/latest")


def add_routes(router: web.UrlDispatcher) -> None:
    """Serve everything. Where two routes fit a path, the one added first answers."""
    _add_oauth(router)
    add_version_routes(router)
    for base in _ROOTS:
        _add_versioned(router, base)
    add_soap_login_routes(router)
    add_metadata_routes(router)
    add_streaming_routes(router)
    add_control_routes(router)
    add_login_list_route(router)


def _add_oauth(router: web.UrlDispatcher) -> None:
    add_oauth_routes(router)
    add_authorize_routes(router)
    add_device_routes(router)
    add_revoke_routes(router)
    add_introspect_routes(router)
    add_discovery_routes(router)
    add_identity_routes(router)


def _add_versioned(router: web.UrlDispatcher, base: str) -> None:
    add_rest_routes(router, base)
    add_limits_routes(router, base)
    add_query_routes(router, base)
    add_describe_routes(router, base)
    add_event_schema_routes(router, base)
    add_batch_routes(router, base)
    add_composite_routes(router, base)
    add_app_usage_routes(router, base)
    add_bulk_routes(router, base)
    add_record_routes(router, base)
