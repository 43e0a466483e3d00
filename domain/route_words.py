"""What is said about each route, to the hotel and to the others. Pure.

The texts name {app}, {developer}, {hotel}; {thing}, a thing of the hotel's that is not as it should
be; {number} of a case; and the spans {waited}, {usual}, {lasting} and {quiet} of `routes.Facts`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What is said about one rule of `domain.routes`, by its key.

    title: in a few words, also of a case about it. problem: what is wrong and what to do, for the
    hotel. outside, outside_title: the same for the partner and the platform, who need not know
    what the hotel calls its own things; no title is the hotel's.
    """

    title: str
    problem: str
    outside: str
    outside_title: str = ""


WORDS = {
    "never_told": Words(
        "{developer} has not heard of it",
        "Our notification did not get through to {developer}, who may not know of your request "
        "yet.",
        "{hotel} has waited for {waited}, and our notification did not get through to {developer}.",
    ),
    "overdue": Words(
        "Waiting for {developer}: longer than usual",
        "{developer} has had your request for {waited}; usually it takes {usual}. It is their "
        "turn.",
        "{hotel} has waited for {waited}; usually it takes {usual}. It is {developer}’s turn to "
        "activate the request or to reject it.",
    ),
    "notifying": Words(
        "Notifying {developer}",
        "{developer} is being notified, then {app} becomes active by itself. You need not do "
        "anything.",
        "{app} becomes active at {hotel} as soon as a notification reaches {developer}.",
    ),
    "waiting": Words(
        "Waiting for {developer}",
        "It is {developer}’s turn to activate {app}. You need not do anything; you can send a "
        "nudge.",
        "{hotel} has waited for {waited}. It is {developer}’s turn to activate the request or to "
        "reject it.",
    ),
    "retired": Words(
        "No longer offered",
        "{app} is not connected, and not offered any more. {developer} can tell you what replaces "
        "it.",
        "{app} is not connected with {hotel}, and not offered any more.",
    ),
    "rejected": Words(
        "Read the reason",
        "{developer} did not accept. Put right what they wrote, then press Reconnect.",
        "The request was rejected. {hotel} can put right what was written and ask again.",
        "Rejected",
    ),
    "paused_by_partner": Words(
        "Paused by {developer}",
        "{developer} has paused this connection, and only they can enable it again. Ask them why.",
        "{developer} has paused this connection, and nobody else can enable it again.",
    ),
    "paused_by_hotel": Words(
        "Paused by {hotel}",
        "{hotel} has paused this connection. A manager can press Enable to go on.",
        "{hotel} has paused this connection, and nobody else can enable it again.",
    ),
    "ended": Words(
        "Not connected",
        "Nothing flows to {app}. Press Reconnect to begin again with a new token.",
        "The connection has ended. {hotel} can ask again at any time.",
    ),
    "source_broken": Words(
        "No data from “{thing}”",
        "The source “{thing}” is broken, so {app} gets nothing new from it. Repair its "
        "credentials.",
        "A source of {hotel} is broken, so nothing new comes in. {hotel} has to repair it.",
        "{hotel} has to look at its data",
    ),
    "integration_disabled": Words(
        "“{thing}” disabled itself",
        "The integration “{thing}” disabled itself, so {app} gets nothing new from it. See why, "
        "then enable it.",
        "An integration of {hotel} disabled itself, so nothing new comes in. {hotel} has to see "
        "why.",
        "{hotel} has to look at its data",
    ),
    "transfer_paused": Words(
        "“{thing}” is paused",
        "The data transfer “{thing}” is paused, because its source has changed. Look at the "
        "mapping, then activate it.",
        "A data transfer of {hotel} is paused, so nothing new comes in. {hotel} has to look at it.",
        "{hotel} has to look at its data",
    ),
    "value_gone": Words(
        "A mapped value is gone",
        "Something that {app} is to use is gone at its source. Choose another value for it.",
        "A value that {hotel} had mapped is gone at its source. {hotel} has to choose another one.",
    ),
    "value_missing": Words(
        "{app} needs your values",
        "{app} does not know yet what some of your values mean. Choose them in the value mapping.",
        "{hotel} has not chosen yet what some of the values mean that {app} needs.",
        "Values are missing",
    ),
    "integration_failing": Words(
        "Runs of “{thing}” fail",
        "The last runs of the integration “{thing}” have failed, so {app} sees older data. See "
        "what its source answered.",
        "The last runs of an integration of {hotel} have failed, so its data may be old. {hotel} "
        "can see why.",
        "{hotel} has to look at its data",
    ),
    "integration_halted": Words(
        "“{thing}” is switched off",
        "Somebody at {hotel} disabled the integration “{thing}”, so {app} gets nothing new from "
        "it. Enable it when it shall go on.",
        "{hotel} has switched off an integration, so nothing new comes in from there.",
        "{hotel} has to look at its data",
    ),
    "endpoint_disabled": Words(
        "{developer} does not hear from us",
        "The endpoint of {developer} is disabled, so {app} is not told of changes. They have to "
        "enable it.",
        "The endpoint of {developer} is disabled, so {app} is not told of changes. Enabled again, "
        "it can have everything replayed.",
    ),
    "endpoint_failing": Words(
        "{developer} does not take our notifications",
        "Our last notification about this connection did not get through to {developer}. They can "
        "see why.",
        "The last notification about this connection did not get through to {developer}.",
    ),
    "calls_failed": Words(
        "Requests of {app} fail",
        "The last requests of {app} failed on the platform’s side. Tell {developer}, who "
        "escalates it with the request ids.",
        "The last requests of {app} failed on the platform’s side. With the request ids, "
        "{developer} can escalate a case of {hotel}.",
    ),
    "calls_refused": Words(
        "Requests of {app} are refused",
        "The last requests of {app} were refused. {developer} can see why, and has to put it "
        "right.",
        "The last requests of {app} for {hotel} were refused; each answer says why.",
    ),
    "case_at_hotel": Words(
        "Case #{number} was answered",
        "Case #{number} about {app} was answered, and it is your turn to write or to resolve it.",
        "Case #{number} about {app} was answered, and it is {hotel}’s turn.",
    ),
    "case_at_partner": Words(
        "Case #{number} is open",
        "Case #{number} about {app} is open. It is {developer}’s turn to answer.",
        "Case #{number} about {app} is open. It is {developer}’s turn to answer.",
    ),
    "case_at_platform": Words(
        "Case #{number} is with the platform",
        "Case #{number} about {app} is with the platform’s own team. It is their turn to answer.",
        "Case #{number} about {app} is with the platform’s own team. It is their turn to answer.",
    ),
    "token_unused": Words(
        "{app} has not begun",
        "{app} has been active for {lasting}, but {developer} has never used the access token.",
        "{app} has been active at {hotel} for {lasting}, but its access token was never used.",
    ),
    "token_quiet": Words(
        "{app} is quiet",
        "{developer} has not used the access token for {quiet}. If data is missing, ask them.",
        "The access token for {hotel} was not used for {quiet}.",
    ),
    "well": Words(
        "Nothing to do",
        "{app} is connected and works, as far as Adjoin can see.",
        "{app} is connected with {hotel} and works, as far as Adjoin can see.",
    ),
    "unknown": Words(
        "{developer} answers first",
        "Adjoin cannot see what is wrong. {developer} answers first, and passes on what they "
        "cannot solve.",
        "Adjoin cannot see what is wrong. {developer} answers first.",
    ),
    "broken": Words(
        "New credentials needed",
        "{app} refuses the credentials. Press Repair and enter working ones; nothing is lost.",
        "{app} refuses the credentials. {hotel} has to enter working ones.",
    ),
    "core_ended": Words(
        "Not connected",
        "Nothing flows from {app}. Press Reconnect and enter the credentials to begin again.",
        "The connection has ended. {hotel} can connect again at any time.",
    ),
    "unreachable": Words(
        "{app} did not answer",
        "{app} did not answer when its credentials were checked last. Press Check now; if it "
        "stays so, open a case.",
        "{app} did not answer when the credentials of {hotel} were checked last.",
    ),
    "core_well": Words(
        "Nothing to do",
        "{app} accepts the credentials and works, as far as Adjoin can see.",
        "{app} accepts the credentials of {hotel} and works, as far as Adjoin can see.",
    ),
    "core_unknown": Words(
        "The platform answers",
        "Adjoin cannot see what is wrong. The platform’s own team supports {app}.",
        "Adjoin cannot see what is wrong. The platform’s own team supports {app}.",
    ),
    "core_retired": Words(
        "No longer offered",
        "{app} is not connected, and not offered any more. The platform can tell you what replaces "
        "it.",
        "{app} is not connected with {hotel}, and not offered any more.",
    ),
}
