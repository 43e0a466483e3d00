"""What each role is called, and what it lets somebody do, in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    title: str
    explanation: str


ROLES = {
    "manager": Role(
        "Manager",
        "Connect and disconnect apps, see access tokens, and invite or remove people.",
    ),
    "viewer": Role("Viewer", "See apps, connections and their history, without changing anything."),
    "partner": Role(
        "Member",
        "Answer requests, receive tokens, set up webhooks and mail, and invite colleagues.",
    ),
    "operator": Role(
        "Operator",
        "Run the catalogue, properties and partners. Connecting and activating stay with them.",
    ),
}
# The roles that each kind of place knows.
OF_PLACE = {"property": ("manager", "viewer"), "partner": ("partner",), "platform": ("operator",)}
