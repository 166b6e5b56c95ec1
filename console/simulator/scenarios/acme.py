"""Acme as it is: nothing planted, a bit of everything."""

from console.simulator.scenarios.scenario import Scenario

ACME = Scenario(
    name="acme",
    title="An ordinary org with a long past",
    description=(
        "Acme sells machine parts in Central Europe. Sixteen integrations share 115,000 calls a"
        " day: a large ERP flow, a nightly load, an app in the middle of its move to an External"
        " Client App, handhelds that still log in by SOAP, and a feed that nobody ever installed."
        " Nothing in particular happens; what is wrong has been wrong for years."
    ),
)
