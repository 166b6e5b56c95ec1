"""Shorthands for the kinds of call that integrations make. ``{v}`` stands for the API version."""

from console.simulator.org.integration import CallShape


def query(weight: int, soql: str, rows: tuple[int, int] = (0, 60)) -> CallShape:
    """A REST query that returns between ``rows[0]`` and ``rows[1]`` rows."""
    entity = soql.split(" FROM ")[1].split(" ")[0]
    return CallShape(weight, "REST", "GET", "/v{v}/query", entity, "Query", soql, rows)


def get(weight: int, entity: str) -> CallShape:
    """Reading one record by its id: a read that the API event stream does not carry."""
    return CallShape(weight, "REST", "GET", f"/v{{v}}/sobjects/{entity}/{{id}}", entity)


def patch(weight: int, entity: str) -> CallShape:
    """Changing one record."""
    resource = f"/v{{v}}/sobjects/{entity}/{{id}}"
    return CallShape(weight, "REST", "PATCH", resource, entity, success=204)


def create(weight: int, entity: str) -> CallShape:
    """Creating one record."""
    resource = f"/v{{v}}/sobjects/{entity}"
    return CallShape(weight, "REST", "POST", resource, entity, success=201)


def soap(weight: int, method: str, entity: str, soql: str = "", most_rows: int = 0) -> CallShape:
    """A SOAP method."""
    read = {"query": "Query", "queryMore": "QueryMore"}.get(method, "")
    return CallShape(weight, "SOAP", "POST", method, entity, read, soql, (0, most_rows))
