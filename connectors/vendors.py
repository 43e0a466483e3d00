"""The core systems we know, by key."""

from connectors import apaleo, cloudbeds, mews
from connectors.vendor import Check, CredentialField, Vendor

__all__ = ["VENDORS", "Check", "CredentialField", "Vendor"]

VENDORS: dict[str, Vendor] = {
    vendor.key: vendor for vendor in (mews.VENDOR, cloudbeds.VENDOR, apaleo.VENDOR)
}
