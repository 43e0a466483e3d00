"""Shelves: how partners' programs know our types of data and their records. Pure."""

# The permission that an app needs to read a type of data.
READS = {
    "reservations": "reservations:read",
    "guests": "guests:read",
    "spaces": "spaces:read",
    "rates": "rates:read",
    "products": "products:read",
    "services": "products:read",
    "accounting_categories": "accounting:read",
}
# What a pending connection may read already: what a partner needs for mapping values.
CATALOGUE = ("spaces", "rates", "products", "services", "accounting_categories")
PREFIXES = {
    "reservations": "res",
    "guests": "gue",
    "spaces": "spa",
    "rates": "rat",
    "products": "prd",
    "services": "ser",
    "accounting_categories": "acc",
}


def path_of(type_key: str) -> str:
    """Return how a type of data is called in the paths of the API: `accounting-categories`."""
    return type_key.replace("_", "-")


def public_id(type_key: str, number: int) -> str:
    """Return the id under which partners know a record: `res_17`."""
    return f"{PREFIXES[type_key]}_{number}"


def number_of(type_key: str, text: str) -> int | None:
    """Return the number of the record that partners know as `text`, None when it is no id."""
    prefix, _, number = text.partition("_")
    is_number = number.isascii() and number.isdecimal() and not number.startswith("0")
    if prefix != PREFIXES[type_key] or not is_number or len(number) > 18:
        return None
    return int(number)
