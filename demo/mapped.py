"""What Maya has mapped: from Mews' fields to ours, and half of the boathouse's."""

from domain.mapping.rows import Row

# Mews' newest state is missing: the first run says so, and Maya adds it.
_STATES = {
    "Inquired": "inquired",
    "Optional": "inquired",
    "Confirmed": "confirmed",
    "Started": "started",
    "Processed": "ended",
    "Canceled": "canceled",
}


def reservations(states: dict[str, str]) -> tuple[Row, ...]:
    """Return the mapping of reservations, with a value list for their states."""
    return (
        Row("external_id", "path", "Id"),
        Row("number", "path", "Number"),
        Row("status", "path", "State", "choice", {"values": states}),
        Row("arrival", "path", "ScheduledStartUtc", "date"),
        Row("departure", "path", "ScheduledEndUtc", "date"),
        Row("created", "path", "CreatedUtc", "moment"),
        Row("updated", "path", "UpdatedUtc", "moment"),
        Row("canceled", "path", "CancelledUtc", "moment"),
        Row("guest_id", "path", "AccountId"),
        Row("space_id", "path", "AssignedResourceId"),
        Row("rate_id", "path", "RateId"),
        Row("adults", "path", "PersonCounts[0].Count", "integer"),
        Row("children", "path", "PersonCounts[1].Count", "integer", {"default": "0"}),
        Row("channel", "path", "Origin"),
        Row("notes", "path", "CancellationReason"),
    )


FIRST_RESERVATIONS = reservations(_STATES)
BETTER_RESERVATIONS = reservations(_STATES | {"Requested": "inquired"})
GUESTS = (
    Row("external_id", "path", "Id"),
    Row("first_name", "path", "FirstName"),
    Row("last_name", "path", "LastName"),
    Row("email", "path", "Email"),
    Row("phone", "path", "Phone"),
    Row("language", "path", "LanguageCode"),
    Row("nationality", "path", "NationalityCode"),
    Row("birth_date", "path", "BirthDate", "date"),
    Row("street", "path", "Address.Line1"),
    Row("city", "path", "Address.City"),
    Row("postal_code", "path", "Address.PostalCode"),
    Row("country", "path", "Address.CountryCode"),
    Row("notes", "path", "Notes"),
    Row("updated", "path", "UpdatedUtc", "moment"),
)
SPACES = (
    Row("external_id", "path", "Id"),
    Row("name", "path", "Name"),
    Row("number", "path", "Name"),
    Row("kind", "constant", "room", "choice"),
    Row("floor", "expression", "join(' ', ['Floor', Data.Value.FloorNumber])"),
    Row("active", "path", "IsActive", "boolean"),
    Row("state", "path", "State"),
)
RATES = (
    Row("external_id", "path", "Id"),
    Row("name", "path", "Name"),
    Row("code", "path", "ShortName"),
    Row("active", "path", "IsActive", "boolean"),
    Row("public", "path", "IsPublic", "boolean"),
    Row("service_id", "path", "ServiceId"),
)
PRODUCTS = (
    Row("external_id", "path", "Id"),
    Row("name", "path", "Name"),
    Row("code", "path", "ShortName"),
    Row("charging", "path", "ChargingMode"),
    Row("service_id", "path", "ServiceId"),
    Row("accounting_category_id", "path", "AccountingCategoryId"),
    Row("active", "path", "IsActive", "boolean"),
    Row("updated", "path", "UpdatedUtc", "moment"),
)
SERVICES = (
    Row("external_id", "path", "Id"),
    Row("name", "path", "Name"),
    Row("kind", "path", "Data.Discriminator"),
    Row("active", "path", "IsActive", "boolean"),
)
ACCOUNTING_CATEGORIES = (
    Row("external_id", "path", "Id"),
    Row("name", "path", "Name"),
    Row("code", "path", "Code"),
    Row("external_code", "path", "ExternalCode"),
    Row("ledger_code", "path", "LedgerAccountCode"),
    Row("classification", "path", "Classification"),
    Row("active", "path", "IsActive", "boolean"),
)
OF_MEWS = {
    "reservations": FIRST_RESERVATIONS,
    "guests": GUESTS,
    "spaces": SPACES,
    "rates": RATES,
    "products": PRODUCTS,
    "services": SERVICES,
    "accounting_categories": ACCOUNTING_CATEGORIES,
}
# Status, arrival and departure are still to be found.
HALF_OF_BOATHOUSE = (
    Row("external_id", "path", "ref"),
    Row("guest_name", "path", "guest.name"),
    Row("channel", "path", "portal"),
)
