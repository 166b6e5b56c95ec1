"""Where the story's addresses are in the world, as login geography tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A LoginGeo; all None for an address that no geography knows."""

    city: str | None = None
    country: str | None = None
    country_iso: str | None = None
    postal_code: str | None = None
    subdivision: str | None = None
    latitude: float | None = None
    longitude: float | None = None


_OFFICE = Place("Berlin", "Germany", "DE", "10115", "Berlin", 52.53, 13.38)
_CLOUD = Place("Dublin", "Ireland", "IE", "D02", "Leinster", 53.34, -6.26)
_DATA_CENTRE = Place("Frankfurt am Main", "Germany", "DE", "60313", "Hessen", 50.11, 8.68)
_HOSTING = Place("Reykjavik", "Iceland", "IS", "101", "Capital Region", 64.15, -21.94)
_PROXY = Place("Montreal", "Canada", "CA", "H2Y", "Quebec", 45.5, -73.57)
_HOTEL = Place("Lisbon", "Portugal", "PT", "1000", "Lisbon", 38.72, -9.14)
_NOWHERE = Place()
_BY_NETWORK = {
    "192.0.2": _OFFICE,
    "198.51.100": _CLOUD,
    "203.0.113": _DATA_CENTRE,
    "198.18.0": _HOSTING,
    "198.18.1": _PROXY,
    "198.18.2": _HOTEL,
}


def place_of(address: str) -> Place:
    """The place of an IPv4 address of the story.

    All are from networks that nobody uses: those for documentation (RFC 5737) for whoever belongs
    to Acme, those for benchmarks (RFC 2544) for whoever does not.
    """
    return _BY_NETWORK.get(address.rpartition(".")[0], _NOWHERE)
