"""Made-up guests, in the shape of Mews' customers; addresses and numbers that nobody has."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

CHAIN = "5d0b7f4e-7a51-4c6f-8f0d-0c9a1e2b3d41"


@dataclass(frozen=True)
class Land:
    """Where guests come from. phone: a range that is kept free for films, empty for none."""

    code: str
    language: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    places: tuple[tuple[str, str], ...]  # postal code, city
    streets: tuple[str, ...]
    phone: str = ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LANDS = (
    Land(
        "DE",
        "de-DE",
        _words("Anna Lukas Marie Jonas Sophie Felix Lena Paul Clara Emil Ida Moritz Greta Theo"),
        _words("Schröder Petersen Vogel Hansen Brandt Kühn Lorenz Weiß Arndt Seidel Thoma Jansen"),
        (("20457", "Hamburg"), ("50667", "Köln"), ("04109", "Leipzig"), ("28195", "Bremen")),
        ("Lindenweg", "Am Deich", "Gartenstraße", "Mühlengasse"),
        "+49 30 23125 ",
    ),
    Land(
        "GB",
        "en-GB",
        _words("Olivia George Amelia Harry Isla Oscar Freya Arthur Poppy Hugh Alice Rory"),
        _words("Ashworth Whitby Harlow Fenwick Penrose Langley Marlow Thorne Aldridge Barlow"),
        (("YO1 7HH", "York"), ("BS1 4DJ", "Bristol"), ("EH1 1RE", "Edinburgh")),
        ("Mill Lane", "Station Road", "Orchard Close"),
        "+44 20 7946 0",
    ),
    Land(
        "DK",
        "da-DK",
        _words("Freja Magnus Astrid Søren Ingrid Mikkel Karen Anders Signe Rasmus"),
        _words("Nielsen Østergaard Kjær Lund Dahl Mortensen Holm Friis Bech Skov"),
        (("8000", "Aarhus"), ("5000", "Odense"), ("1050", "København")),
        ("Strandvej", "Kirkegade", "Skovvej"),
    ),
    Land(
        "FR",
        "fr-FR",
        _words("Camille Louis Chloé Hugo Manon Jules Inès Arthur Élise Théo Zoé Gabriel"),
        _words("Lefèvre Moreau Garnier Roussel Blanchard Chevalier Marchand Perrot Dumas"),
        (("67000", "Strasbourg"), ("59000", "Lille"), ("69001", "Lyon")),
        ("rue des Tilleuls", "avenue du Port", "place Neuve"),
    ),
    Land(
        "US",
        "en-US",
        _words("Ava Ethan Mia Logan Grace Owen Nora Caleb Ruby Wyatt Hazel Miles"),
        _words("Carter Bennett Hayes Sullivan Reyes Coleman Foster Ortiz Nguyen Park"),
        (("02108", "Boston"), ("60601", "Chicago"), ("98101", "Seattle")),
        ("Maple Street", "Lake Avenue", "Hill Road"),
        "+1 206 555 01",
    ),
)
_OFTEN = (58, 12, 12, 9, 9)  # how many of a hundred guests come from each land
_NOTES = ("Prefers a high floor.", "Allergic to feathers.", "Comes with a dog.", "Late riser.")


def guest(random: Random, number: int, created: datetime) -> dict[str, Any]:
    """Return a new guest whose profile was made at `created`."""
    (land,) = random.choices(LANDS, _OFTEN)
    first, last = random.choice(land.first), random.choice(land.last)
    return {
        "Id": new_id(random),
        "ChainId": CHAIN,
        "Number": str(number),
        "Title": random.choice(("Mister", "Misses", None)),
        "FirstName": first,
        "LastName": last,
        "SecondLastName": None,
        "NationalityCode": land.code,
        "LanguageCode": land.language,
        "BirthDate": _birth_date(random) if random.random() < 0.4 else None,
        "Email": f"{_plain(first)}.{_plain(last)}{number % 1000}@mail.example",
        "HasOtaEmail": False,
        "Phone": f"{land.phone}{random.randint(10, 99)}" if land.phone else None,
        "LoyaltyCode": None,
        "Notes": random.choice(_NOTES) if random.random() < 0.06 else None,
        "CreatedUtc": written(created),
        "UpdatedUtc": written(created),
        "Classifications": ["Returning"] if random.random() < 0.1 else [],
        "Options": ["SendMarketingEmails"] if random.random() < 0.3 else [],
        "CompanyId": None,
        "MergeTargetId": None,
        "IsActive": True,
        "PreferredSpaceFeatures": [],
        "Address": _address(random, land),
    }


def new_id(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def written(moment: datetime) -> str:
    """Return a moment in UTC as Mews writes it."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _address(random: Random, land: Land) -> dict[str, Any]:
    postal_code, city = random.choice(land.places)
    return {
        "Id": new_id(random),
        "Line1": f"{random.choice(land.streets)} {random.randint(1, 120)}",
        "Line2": None,
        "City": city,
        "PostalCode": postal_code,
        "CountryCode": land.code,
        "CountrySubdivisionCode": None,
        "Latitude": None,
        "Longitude": None,
    }


def _birth_date(random: Random) -> str:
    return (date(1946, 1, 1) + timedelta(days=random.randrange(58 * 365))).isoformat()


def _plain(name: str) -> str:
    return name.lower().translate(_LETTERS)


_LETTERS = str.maketrans(
    {"ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "é": "e", "è": "e", "æ": "ae", "å": "a"}
)
