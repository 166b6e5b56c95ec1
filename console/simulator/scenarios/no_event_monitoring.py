"""Acme without the Event Monitoring licence."""

from console.simulator.scenarios.scenario import Scenario

NO_EVENT_MONITORING = Scenario(
    name="no-event-monitoring",
    title="An org without Event Monitoring",
    description=(
        "Acme as it is, but nobody bought Event Monitoring or Shield: no hourly log files, of the"
        " daily ones only the free types and for one day, no stored events, and of the streams"
        " only the one of logouts. What a console can still tell it must tell, and what it cannot"
        " it must say."
    ),
    event_monitoring=False,
)
