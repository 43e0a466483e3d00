"""How a partner is reached: by Adjoin with notifications, by hotels with questions."""

from nicegui import ui

from domain import partners
from domain.partners import Settings
from ui.ask import attempt
from ui.components.button import button
from ui.components.card import card
from ui.components.field import checkbox, choice_cards, text_field
from ui.components.notice import notice
from ui.frame import Visit

LINK, ITSELF = "link", "itself"


def draw_notifications(visit: Visit, settings: Settings) -> None:
    """Draw the form that says how Adjoin tells the partner."""
    with card("How you are told", "One way at least, both if you like.", icon="bell"):
        by_webhook = checkbox(
            "By webhook", hint="To every enabled endpoint.", value=settings.notify_by_webhook
        )
        by_mail = checkbox("By mail", value=settings.notify_by_mail)
        with ui.element("div").classes("form-part") as only_mail:
            mail_to = text_field("Write to", value=settings.mail_to, required=True, type="email")
            token = choice_cards(
                "The access token travels",
                {
                    LINK: ("As a one-time link", "It opens once, within 7 days. Safer."),
                    ITSELF: ("Itself, in the mail", "Whoever reads the mail has the token."),
                },
                value=ITSELF if settings.token_in_mail else LINK,
            )
        only_mail.bind_visibility_from(by_mail, "value")

        async def save() -> None:
            outcome = await attempt(
                partners.save_notifications,
                visit.actor,
                visit.place.id,
                by_webhook=by_webhook.value,
                by_mail=by_mail.value,
                mail_to=mail_to.value,
                token_in_mail=token.value == ITSELF,
            )
            if outcome.refusal is not None:
                (mail_to if by_mail.value else by_webhook).error(outcome.refusal.message)
                return
            notice("From the next event on, Adjoin tells you this way.", title="Saved")

        with ui.element("div").classes("actions form-end"):
            button("Save", save, kind="primary")


def draw_contact(visit: Visit, settings: Settings) -> None:
    """Draw the form that says whom hotels contact."""
    with card("Whom hotels contact", "Hotels see this on your apps’ pages.", icon="headset"):
        fields = {
            "contact_name": text_field("Name", value=settings.contact_name, required=True),
            "contact_email": text_field(
                "E-mail", value=settings.contact_email, required=True, type="email"
            ),
            "contact_phone": text_field("Phone", value=settings.contact_phone, type="tel"),
            "website": text_field("Website", value=settings.website, type="url"),
        }

        async def save() -> None:
            outcome = await attempt(
                partners.save_contact,
                visit.actor,
                visit.place.id,
                **{name: field.value for name, field in fields.items()},
            )
            if outcome.refusal is not None:
                fields[_meant(outcome.refusal.message)].error(outcome.refusal.message).focus()
                return
            notice("Hotels see it from now on.", title="Saved")

        with ui.element("div").classes("actions form-end"):
            button("Save contact", save, kind="primary")


def _meant(message: str) -> str:
    """Return the field that a refusal is about."""
    words = {"website": "website", "phone": "contact_phone", "contact’s name": "contact_name"}
    return next((name for word, name in words.items() if word in message), "contact_email")
