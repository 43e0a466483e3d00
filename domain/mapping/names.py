"""Names under which other systems know our fields: of Mews, Apaleo, Cloudbeds, and usual ones.

Written as words; capitals, underscores and dots don't matter. "unit name" is also `unit.name`.
"""

from collections.abc import Sequence
from itertools import chain

# Fields that several types of data have.
_SHARED = {
    "updated": "updated, updated at, modified, modified at, last modified, date modified, changed, "
    "last update, update time, geändert",
    "active": "active, is active, enabled, is enabled, aktiv",
    "code": "code, short name, abbreviation, sku, item code, external identifier",
    "currency": "currency, currency code, währung",
    "description": "description, descriptions, text, details, beschreibung",
    "notes": "notes, note, comment, comments, remarks, special requests, bemerkung, memo",
    "service_id": "service id, service, service key",
    "accounting_category_id": "accounting category id, accounting category, ledger category",
}
_BY_TYPE = {
    "reservations": {
        "external_id": "reservation id, booking id",
        "number": "number, confirmation number, reservation number, booking number, booking id, "
        "reference, confirmation code, confirmation, buchungsnummer",
        "status": "status, state, reservation status, booking status, reservation state",
        "arrival": "arrival, arrival date, check in, check in date, start, start date, begin, "
        "scheduled start, from, from date, date from, stay start, arrival time, anreise, arrivée",
        "departure": "departure, departure date, check out, check out date, end, end date, until, "
        "scheduled end, to, to date, date to, stay end, departure time, abreise, départ",
        "created": "created, created at, date created, creation date, booked at, booked on, "
        "booking date, reservation date, creation time, gebucht am",
        "canceled": "canceled, cancelled, canceled at, cancelled at, cancellation time, "
        "cancellation date, date canceled, cancel date, storniert am",
        "guest_id": "guest id, customer id, account id, profile id, main guest id, booker id, "
        "primary guest id, guest profile id, client id",
        "guest_name": "guest name, guest, customer name, primary guest name, full name, name, "
        "booker name, main guest, client name, gast, gastname, guest first name, "
        "primary guest first name, booker first name, first name, vorname",
        "space_id": "space id, room id, unit id, assigned resource id, resource id, "
        "assigned room id, assigned unit id, apartment id",
        "space_name": "space name, room name, unit name, room number, room, space, unit, "
        "resource name, assigned room, zimmer, zimmernummer, apartment",
        "rate_id": "rate id, rate plan id, rate code, rate plan code, tariff id",
        "rate_name": "rate name, rate plan name, rate, rate plan, tariff, price plan, rate type",
        "adults": "adults, adult count, number of adults, no of adults, adult, pax, erwachsene",
        "children": "children, child count, number of children, no of children, kids, "
        "children ages, kinder",
        "total": "total, total amount, total price, grand total, total gross amount amount, "
        "amount, price, total gross value, total value, gross total, gesamtpreis, betrag",
        "balance": "balance, balance amount, open balance, outstanding, amount due, balance due, "
        "open amount, saldo",
        "channel": "channel, source, channel code, source name, origin, booking channel, "
        "channel name, booking source, kanal",
        "group_name": "group name, group, block name, allotment name, allotment block code",
        "notes": "notes, note, comment, comments, remarks, guest comment, special requests, "
        "bemerkung",
    },
    "guests": {
        "external_id": "guest id, customer id, profile id, client id",
        "first_name": "first name, guest first name, given name, forename, vorname, prénom",
        "last_name": "last name, guest last name, surname, family name, name, nachname, nom",
        "email": "email, guest email, email address, mail",
        "phone": "phone, guest phone, phone number, telephone, mobile, guest cell phone, telefon",
        "language": "language, language code, preferred language, preferred language code, locale",
        "nationality": "nationality, nationality code, nationality country code, citizenship",
        "birth_date": "birth date, date of birth, birthday, birthdate, guest birthdate, dob, "
        "geburtsdatum",
        "street": "street, address line1, line1, address1, guest address, address address line1, "
        "guest address1, address, straße",
        "city": "city, town, address city, guest city, ort, stadt",
        "postal_code": "postal code, zip, zip code, postcode, guest zip, address postal code, plz",
        "country": "country, country code, address country code, guest country, land",
        "company": "company, company name, organisation, firma",
        "vip": "vip, is vip, vip code, vip status",
    },
    "spaces": {
        "external_id": "space id, room id, unit id, resource id",
        "name": "name, room name, unit name, space name, resource name, title, bezeichnung",
        "number": "number, room number, unit number, zimmernummer",
        "category": "category, room type name, unit group name, room type, unit group, "
        "resource category, kategorie",
        "kind": "kind, type, space type, room kind, resource type, unit group type",
        "floor": "floor, floor number, storey, level, data value floor number, stockwerk, etage",
        "beds": "beds, number of beds, bed count, betten",
        "max_guests": "max guests, max persons, capacity, maximum occupancy, max occupancy, sleeps",
        "state": "state, status, condition, status condition, housekeeping status, room status, "
        "room condition",
    },
    "rates": {
        "external_id": "rate id, rate plan id, tariff id",
        "name": "name, rate name, rate plan name, rate plan name public, title",
        "code": "code, rate code, short name, rate plan code, external identifier",
        "public": "public, is public, is bookable online, online",
        "base_price": "base price, price, base rate, amount, default price, base price amount",
    },
    "products": {
        "external_id": "product id, item id, article id",
        "name": "name, item name, product name, title, names",
        "price": "price, amount, price gross value, gross price, unit price, price amount, "
        "item price",
        "charging": "charging, charging mode, pricing, pricing unit, charge type",
        "accounting_category_id": "accounting category id, category id, accounting category",
    },
    "services": {
        "name": "name, service name, title, names",
        "kind": "kind, type, service type, data discriminator",
        "starts": "starts, start, start time, start offset, data value start offset",
        "ends": "ends, end, end time, end offset, data value end offset",
    },
    "accounting_categories": {
        "name": "name, category name, account name, title",
        "external_code": "external code, external identifier",
        "ledger_code": "ledger code, ledger account code, general ledger, account number, "
        "account code, sachkonto",
        "classification": "classification, type, class, category type",
    },
}
KEYS = ("id", "uid", "uuid", "guid", "key", "identifier", "external id", "unique id")  # of any
NUMBERS = ("number", "nr", "no", "num", "nummer", "numéro", "número")  # of any that counts its own

# Other systems' values for our choices, as words.
_VALUES = {
    "inquired": "inquired, inquiry, enquired, requested, optional, tentative, option, "
    "not confirmed, pending, provisional",
    "confirmed": "confirmed, definite, guaranteed, reserved, booked, accepted, new, bestätigt",
    "started": "started, in house, checked in, arrived, stay, eingecheckt",
    "ended": "ended, processed, checked out, departed, completed, finished, ausgecheckt",
    "canceled": "canceled, cancelled, cancel, cancellation, storniert, annulled, void",
    "no_show": "no show, noshow, not arrived",
    "room": "room, standard room, double, single, bedroom, zimmer",
    "suite": "suite, junior suite",
    "apartment": "apartment, flat, studio, appartement, villa, house",
    "bed": "bed, dorm bed, dorm, dormitory",
    "site": "site, camp site, campsite, pitch, campground",
    "meeting_room": "meeting room, conference room, meeting, conference, venue, event space",
    "parking": "parking, parking spot, parking space, parking lot, garage",
    "other": "other, misc, none, unknown",
}
# All states that reservations have at Mews, Apaleo and Cloudbeds; a sample rarely shows each.
_STATES = (
    ("Inquired", "Optional", "Confirmed", "Started", "Processed", "Canceled"),
    ("Confirmed", "InHouse", "CheckedOut", "Canceled", "NoShow"),
    ("confirmed", "not_confirmed", "canceled", "checked_in", "checked_out", "no_show"),
)


def of(type_of_data: str, target: str) -> tuple[str, ...]:
    """Return the names of a field of ours in other systems, the most usual ones first."""
    names = _BY_TYPE.get(type_of_data, {}).get(target) or _SHARED.get(target, "")
    return tuple(each.strip() for each in names.split(",") if each.strip())


def of_value(choice: str) -> tuple[str, ...]:
    """Return the words of other systems for one of our choices."""
    words = _VALUES.get(choice, "")
    return tuple(each.strip() for each in words.split(",") if each.strip())


def with_relatives(values: Sequence[str]) -> tuple[str, ...]:
    """Return the values of a sample, and those that go with them in a system that we know."""
    related = (states for states in _STATES if set(values) <= set(states))
    return tuple(dict.fromkeys((*values, *chain.from_iterable(related)))) if values else ()
