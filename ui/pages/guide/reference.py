"""The reference: every request that the API takes, drawn from its own description."""

from ui.components import reference
from ui.components.guide import guide


def draw(description: str) -> None:
    """Show the page; `description` is the path of the OpenAPI document."""
    lead = (
        "Made from the code that answers you. The token or key goes into “Authorization: Bearer …”."
    )
    with guide("/help/reference", "Reference", lead):
        reference.reference(description)
