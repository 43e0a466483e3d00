"""People: who belongs to a place, who is invited, and how both change."""

from dataclasses import dataclass
from typing import Any

from nicegui import ui

from domain import invitations, people
from domain.actors import Actor
from domain.invitations import Open, Sent
from domain.people import Member
from ui.ask import act, attempt, load
from ui.components.ago import iso
from ui.components.button import Button, button
from ui.components.dialog import Dialog
from ui.components.field import choice_cards, text_field
from ui.components.listing import Column, Listing, Row
from ui.components.notice import notice
from ui.components.page_title import page_title
from ui.components.secret import copyable
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages import daily_mail
from ui.roles import OF_PLACE, ROLES

MANAGERS_ONLY = "Only a manager can invite and remove people. Ask one of them."
ALONE_NOW = (
    "Operators let the first one in. Since then, its own people invite and remove: ask one of them."
)
_MEMBERS: list[Column] = [
    {"key": "name", "label": "Name", "kind": "strong", "sub": "email"},
    {"key": "role", "label": "Role", "kind": "text"},
    {"key": "since", "label": "Since", "kind": "ago"},
    {"key": "do", "label": "", "kind": "actions"},
]
_INVITED: list[Column] = [
    {"key": "email", "label": "E-mail address", "kind": "strong"},
    {"key": "role", "label": "Role", "kind": "text"},
    {"key": "by", "label": "Invited by", "kind": "text"},
    {"key": "until", "label": "Open until", "kind": "time"},
    {"key": "do", "label": "", "kind": "actions"},
]


@dataclass(frozen=True)
class At:
    """The place whose people are shown; `kind` is property, partner or platform."""

    key: str
    kind: str
    name: str


async def page(visit: Visit) -> None:
    place = visit.place
    roster = Roster(visit, At(place.key, place.kind, place.name), may_change=place.role != "viewer")
    await roster.load()
    with page_title("People", f"Who belongs to {place.name}, and what they may do."):
        roster.draw_invite()
    roster.draw()
    if place.kind == "property":
        with ui.element("div").classes("below"):
            await daily_mail.draw_quiet_hours(visit)
    visit.follow(roster.heard)


class Roster:
    """The people of one place: `await load()`, then `draw()`; `heard` keeps it up to date."""

    def __init__(
        self, visit: Visit, at: At, *, may_change: bool = True, as_operator: bool = False
    ) -> None:
        self._visit = visit
        self._at = at
        self._may_change = may_change
        self._as_operator = as_operator  # of somebody else's place
        self._dialog = Dialog()
        self._members: tuple[Member, ...] = ()
        self._invited: tuple[Open, ...] = ()

    @property
    def _actor(self) -> Actor:
        return self._visit.actor

    async def load(self) -> None:
        self._members = await load(people.members, self._actor, self._at.key)
        self._invited = await load(invitations.waiting, self._actor, self._at.key)

    def draw_invite(self) -> Button:
        """Show the button that invites somebody."""
        self._invite = button("Invite", self._ask_whom, kind="primary", icon="user-plus")
        self._invite.refuse(self._why_not())
        return self._invite

    def _why_not(self) -> str | None:
        if not self._may_change:
            return MANAGERS_ONLY
        is_managed = any(member.role in ("manager", "partner") for member in self._members)
        return ALONE_NOW if self._as_operator and is_managed else None

    def draw(self) -> None:
        with ui.element("div").classes("stack"):
            self._explained = text(self._why_not() or "", classes="muted")
            self._explained.set_visibility(self._why_not() is not None)
            self._member_list = Listing(
                _MEMBERS,
                self._member_rows(),
                label="Members",
                on_act=self._ask_to_remove,
                empty=f"Nobody belongs to {self._at.name} yet. Invite the first person.",
                zone=self._visit.zone,
            )
            with ui.element("section").classes("stack tight") as self._section:
                heading = text("Open invitations", "h2")
                self._section.props["aria-labelledby"] = heading.html_id
                self._invited_list = Listing(
                    _INVITED,
                    self._invited_rows(),
                    label="Open invitations",
                    on_act=self._change,
                    zone=self._visit.zone,
                )
        self._section.set_visibility(bool(self._invited))

    async def heard(self, change: Change) -> None:
        """Show what has changed, for `visit.follow`."""
        if change.noun in ("people", "everything"):
            await self._refresh()

    async def _refresh(self) -> None:
        await self.load()
        self._member_list.replace(self._member_rows())
        self._invited_list.replace(self._invited_rows())
        self._section.set_visibility(bool(self._invited))
        self._invite.refuse(self._why_not())
        self._explained.text = self._why_not() or ""
        self._explained.set_visibility(self._why_not() is not None)

    def _member_rows(self) -> list[Row]:
        return [self._member_row(member) for member in self._members]

    def _member_row(self, member: Member) -> Row:
        label = "Leave" if member.is_me else "Remove"
        return {
            "id": member.membership_id,
            "name": f"{member.name} (you)" if member.is_me else member.name,
            "email": member.email,
            "role": ROLES[member.role].title,
            "since": iso(member.since),
            "do": [{"action": "remove", "label": label}] if self._why_not() is None else [],
        }

    def _invited_rows(self) -> list[Row]:
        actions = [{"action": "withdraw", "label": "Withdraw"}] if self._may_change else []
        if self._why_not() is None:
            actions.insert(0, {"action": "resend", "label": "Send again"})
        return [
            {
                "id": invitation.id,
                "email": invitation.email,
                "role": ROLES[invitation.role].title,
                "by": invitation.invited_by,
                "until": iso(invitation.expires_at),
                "do": actions,
            }
            for invitation in self._invited
        ]

    def _ask_whom(self) -> None:
        roles = OF_PLACE[self._at.kind]
        with self._dialog.refill(f"Invite to {self._at.name}"):
            email = text_field(
                "E-mail address",
                type="email",
                required=True,
                autofocus=True,
                hint="They get a link by mail. It works once, within 7 days.",
            )
            if len(roles) > 1:
                role = choice_cards(
                    "What they may do",
                    {key: (ROLES[key].title, ROLES[key].explanation) for key in roles},
                    value=roles[-1],
                )
            else:
                text(f"{ROLES[roles[0]].title}: {ROLES[roles[0]].explanation}", classes="muted")

        async def invite() -> None:
            chosen = role.value if len(roles) > 1 else roles[0]
            outcome = await attempt(
                invitations.invite, self._actor, email.value, chosen, self._at.key
            )
            if outcome.value is None:
                email.error(outcome.refusal.message if outcome.refusal else None)
                return
            await self._refresh()
            self._tell_sent(email.value.strip(), outcome.value)

        self._dialog.ask("Send the invitation", invite, icon="send")

    def _tell_sent(self, email: str, sent: Sent) -> None:
        if sent.link is None:
            self._dialog.close()
            notice(f"The invitation to {email} is on its way.")
            return
        draw_link(self._dialog, sent.link, email)

    def _ask_to_remove(self, event: dict[str, Any]) -> None:
        member = next((one for one in self._members if one.membership_id == event["row"]), None)
        if member is None:
            return
        who = "You lose" if member.is_me else f"{member.name} loses"
        verb = "Leave" if member.is_me else "Remove"
        with self._dialog.refill(
            f"Leave {self._at.name}?" if member.is_me else f"Remove {member.name}?"
        ):
            text(
                f"{who} sight of {self._at.name} at once, in every open window. What was connected "
                "or changed stays as it is. A new invitation brings them back."
            )
            refused = text("", classes="wrong").props('role="alert"')
            refused.set_visibility(False)

        async def remove() -> None:
            outcome = await attempt(people.remove, self._actor, member.membership_id)
            if outcome.refusal is not None:
                refused.text = outcome.refusal.message
                refused.set_visibility(True)
                return
            self._dialog.close()
            if not member.is_me:
                await self._refresh()
                notice(f"{member.name} was removed.")

        self._dialog.ask(verb, remove, kind="danger")

    async def _change(self, event: dict[str, Any]) -> None:
        if event["action"] == "resend":
            outcome = await act(invitations.resend, self._actor, event["row"])
            if outcome.value is not None:
                email = next(one.email for one in self._invited if one.id == event["row"])
                await self._refresh()
                self._tell_sent(email, outcome.value)
        elif await act(invitations.withdraw, self._actor, event["row"]):
            await self._refresh()
            notice("The invitation was withdrawn: its link opens nothing any more.")


def draw_link(dialog: Dialog, link: str, whom: str) -> None:
    """Show the link of an invitation where there is no mail server that brings it to somebody."""
    with dialog.refill("Hand this link over"):
        text(
            f"No mail server is set up, so nothing was sent. Give this link to {whom} "
            "yourself. It works once, within 7 days, and is not shown again."
        )
        copyable(link, "Invitation link")
    with dialog.footer:
        button("Done", dialog.close, kind="primary")
    dialog.open()
