"""What a log row or an event says of the app behind a call.

For an External Client App Salesforce documents neither the id nor the name that is logged: the
id form is an option of the world, the name stays empty. An app that was never installed is known
by its consumer's id only.
"""

from typing import Literal

from console.simulator.org.story import SimApp

EcaLogId = Literal["888", "0xI", "empty"]


def logged_app_id(app: SimApp | None, eca_log_id: EcaLogId) -> str | None:
    """The 18-character id that events carry for calls through ``app``; None for no id."""
    if app is None:
        return None
    if app.kind == "connected_app":
        return app.app_id
    if app.kind == "uninstalled" or eca_log_id == "888":
        return app.consumer_id
    return app.app_id if eca_log_id == "0xI" else None


def logged_app_id_15(app: SimApp | None, eca_log_id: EcaLogId) -> str:
    """The 15-character id of a log file row; empty for no id."""
    return (logged_app_id(app, eca_log_id) or "")[:15]
