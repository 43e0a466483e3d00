"""Who and where: the demo's hotels and people, before anything happens."""

from dataclasses import dataclass

from demo import catalogue

PASSWORD = "demo"  # noqa: S105 - everybody's, and printed at the start
OPERATOR = "ops@adjoin.example"


@dataclass(frozen=True)
class Hotel:
    """`code` stands in the codes that partners gave it, `rooms` is how many it has."""

    name: str
    city: str
    country: str
    time_zone: str
    code: str
    rooms: int
    manager: str  # by e-mail address


@dataclass(frozen=True)
class Somebody:
    """One person with one role in each of some places; a place is a hotel's or partner's name."""

    email: str
    name: str
    role: str
    places: tuple[str, ...] = ("",)


HOTELS = (
    Hotel(
        "Harbour Hotel", "Hamburg", "Germany", "Europe/Berlin", "HRB", 118, "maya@harbour.example"
    ),
    Hotel(
        "Alpine Lodge", "Innsbruck", "Austria", "Europe/Vienna", "ALP", 42, "lena@alpine.example"
    ),
    Hotel("City Suites", "Vienna", "Austria", "Europe/Vienna", "CTS", 64, "lena@alpine.example"),
    Hotel("Casa do Rio", "Porto", "Portugal", "Europe/Lisbon", "CDR", 31, "ines@casadorio.example"),
    Hotel("Fjord House", "Bergen", "Norway", "Europe/Oslo", "FJH", 75, "sigrid@fjordhouse.example"),
)

# Who is printed at the start. The others are there so that the past has somebody in it.
ACCOUNTS = (
    Somebody("maya@harbour.example", "Maya Berg", "manager", ("Harbour Hotel",)),
    Somebody("noah@harbour.example", "Noah Lind", "viewer", ("Harbour Hotel",)),
    Somebody("lena@alpine.example", "Lena Moser", "manager", ("Alpine Lodge", "City Suites")),
    Somebody("dev@d3x.example", "Dana Whitlock", "partner", ("D3x",)),
    Somebody("dev@akia.example", "Priya Raman", "partner", ("Akia",)),
    Somebody("dev@freeguides.example", "Tomás Ferreira", "partner", ("FreeGuides",)),
    Somebody(OPERATOR, "Olga Petrov", "operator"),
)
_OTHERS = (
    Somebody("ines@casadorio.example", "Inês Marques", "manager", ("Casa do Rio",)),
    Somebody("sigrid@fjordhouse.example", "Sigrid Dahl", "manager", ("Fjord House",)),
)


def everybody() -> tuple[Somebody, ...]:
    """Return all people, the contacts of all partners among them."""
    known = {one.email for one in ACCOUNTS}
    contacts = (
        Somebody(sheet.contact_email, sheet.contact_name, "partner", (sheet.name,))
        for sheet in catalogue.partners()
        if sheet.contact_email not in known
    )
    return (*ACCOUNTS, *_OTHERS, *contacts)


def accounts() -> list[tuple[str, str, str]]:
    """Return who can be tried: name, e-mail address, and role with place, to be printed."""
    return [(one.name, one.email, _role(one)) for one in ACCOUNTS]


def hotel(name: str) -> Hotel:
    return next(one for one in HOTELS if one.name == name)


def _role(one: Somebody) -> str:
    words = {"partner": "partner", "operator": "operator of the platform"}
    where = " and ".join(place for place in one.places if place)
    return f"{words.get(one.role, one.role)}{', ' if where else ''}{where}"
