"""What a made-up house has and sells: rooms, rates, products, services, accounting categories.

All in the shape of Mews' answers; deprecated fields are left out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from demo.partners.hotel.guests import new_id, written

ADULT, CHILD = "8ff2a3c4-5b6d-4e7f-8a9b-0c1d2e3f4a5b", "8ff2a3c4-5b6d-4e7f-8a9b-0c1d2e3f4a5c"
_FLOORS = 6
_STATES = ("Clean", "Clean", "Inspected", "Dirty")
_RATES = (
    ("Best available", "BAR", True),
    ("Non-refundable", "NRF", True),
    ("Breakfast included", "BB", True),
    ("Weekend at the harbour", "WKD", True),
    ("Long stay", "LONG", True),
    ("Corporate", "CORP", False),
    ("Crew", "CREW", False),
    ("Staff and friends", "STAFF", False),
)
_SERVICES = (("Accommodation", "Bookable"), ("Dining", "Additional"), ("Spa", "Additional"))
_PRODUCTS = (  # name, code, euros, charging, service, category
    ("Breakfast", "BRK", 19.5, "PerPersonPerTimeUnit", 1, 1),
    ("Half board", "HB", 44.0, "PerPersonPerTimeUnit", 1, 1),
    ("Packed lunch", "LUNCH", 14.0, "Once", 1, 1),
    ("Welcome drink", "WELC", 9.0, "PerPerson", 1, 2),
    ("Parking", "PARK", 18.0, "PerTimeUnit", 0, 4),
    ("Dog", "DOG", 15.0, "PerTimeUnit", 0, 0),
    ("Extra bed", "XBED", 35.0, "PerTimeUnit", 0, 0),
    ("Late check-out", "LATE", 30.0, "Once", 0, 0),
    ("Bicycle", "BIKE", 16.0, "PerTimeUnit", 0, 4),
    ("Sauna", "SAUNA", 22.0, "PerPerson", 2, 3),
    ("Massage", "MASS", 79.0, "Once", 2, 3),
    ("City tax", "TAX", 3.0, "PerPersonPerTimeUnit", 0, 5),
)
_CATEGORIES = (  # name, code, ledger code, classification
    ("Accommodation", "100", "8300", "Accommodation"),
    ("Food", "200", "8310", "FoodAndBeverage"),
    ("Beverages", "210", "8320", "FoodAndBeverage"),
    ("Spa", "300", "8330", "Wellness"),
    ("Other income", "400", "8390", "SundryIncome"),
    ("City tax", "500", "1780", "Taxes"),
    ("Card payments", "900", "1360", "Payments"),
    ("Cash", "910", "1000", "Payments"),
)


@dataclass
class House:
    """Lists as the vendor's answers have them. kinds: ids of the kinds of room that are sold."""

    rooms: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    rates: list[dict[str, Any]] = field(default_factory=list)
    products: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)


def built(random: Random, rooms: int, opened: datetime) -> House:
    """Return a house with so many rooms, none of which has changed since it opened."""
    since = {"CreatedUtc": written(opened), "UpdatedUtc": written(opened)}
    enterprise = new_id(random)
    house = House(kinds=[new_id(random) for _ in range(4)])
    for name, kind in _SERVICES:
        house.services.append(_service(random, name, kind, enterprise) | since)
    for name, code, ledger, classification in _CATEGORIES:
        category = {"Id": new_id(random), "EnterpriseId": enterprise, "IsActive": True}
        category |= {"Name": name, "Code": code, "ExternalCode": f"HRB-{code}"}
        category |= {"LedgerAccountCode": ledger, "Classification": classification}
        house.categories.append(category | since)
    for name, code, is_public in _RATES:
        house.rates.append(_rate(random, name, code, is_public, house.services[0]["Id"]) | since)
    for product in _PRODUCTS:
        house.products.append(_product(random, house, *product) | since)
    for number in range(rooms):
        house.rooms.append(_room(random, number, rooms, enterprise) | since)
    return house


def _service(random: Random, name: str, kind: str, enterprise: str) -> dict[str, Any]:
    hours = {"StartOffset": "P0M0DT15H0M0S", "EndOffset": "P0M0DT11H0M0S"}
    return {
        "Id": new_id(random),
        "EnterpriseId": enterprise,
        "IsActive": True,
        "Name": name,
        "Names": {"en-US": name},
        "Options": {"BillAsPackage": False},
        "Ordering": 0,
        "Data": {"Discriminator": kind, "Value": hours if kind == "Bookable" else {}},
        "ExternalIdentifier": None,
    }


def _rate(random: Random, name: str, code: str, is_public: bool, service: str) -> dict[str, Any]:
    return {
        "Id": new_id(random),
        "GroupId": new_id(random),
        "ServiceId": service,
        "BaseRateId": None,
        "IsBaseRate": code == "BAR",
        "IsActive": True,
        "IsEnabled": True,
        "IsPublic": is_public,
        "IsDefault": code == "BAR",
        "Type": "Public" if is_public else "Private",
        "Name": name,
        "Names": {"en-US": name},
        "ShortName": code,
        "Description": {},
        "ExternalIdentifier": None,
    }


def _product(
    random: Random,
    house: House,
    name: str,
    code: str,
    euros: float,
    charging: str,
    service: int,
    category: int,
) -> dict[str, Any]:
    price = {"Currency": "EUR", "GrossValue": euros, "NetValue": round(euros / 1.07, 2)}
    return {
        "Id": new_id(random),
        "ServiceId": house.services[service]["Id"],
        "AccountingCategoryId": house.categories[category]["Id"],
        "IsActive": True,
        "Name": name,
        "Names": {"en-US": name},
        "ShortName": code,
        "ChargingMode": charging,
        "PostingMode": "Once",
        "Price": price | {"TaxValues": [], "Breakdown": {"Items": []}},
        "Ordering": 0,
        "IsDefault": False,
    }


def _room(random: Random, number: int, rooms: int, enterprise: str) -> dict[str, Any]:
    per_floor = -(-rooms // _FLOORS)
    floor = number // per_floor + 1
    name = f"{floor}{number % per_floor + 1:02}"
    return {
        "Id": new_id(random),
        "EnterpriseId": enterprise,
        "IsActive": True,
        "ParentResourceId": None,
        "Name": name,
        "State": random.choice(_STATES),
        "Descriptions": {},
        "Data": {"Discriminator": "Space", "Value": {"FloorNumber": str(floor)}},
        "ExternalNames": {},
        "Directions": {},
    }
