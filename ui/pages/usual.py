"""How an app is activated and how long that usually takes, in the words of the hotel's pages."""

from domain.waiting_times import Usual


def how_long(usual: Usual) -> str:
    """Return it with where it is known from: "Usually 4 hours, the median of 12 activations"."""
    if not usual.words:
        return "Not known yet: nobody has waited for it so far"
    words = usual.words[0].upper() + usual.words[1:]
    if usual.samples == 0:
        return f"{words}, as the partner promises"
    if usual.samples == 1:
        return f"{words}, as the one activation so far"
    return f"{words}, the median of {usual.samples} activations"


def activation_words(activation: str, developer: str) -> str:
    """Return how an app becomes active, in one sentence; core apps have no `activation`."""
    return {
        "automatic": f"Automatic: active by itself once {developer} has been notified",
        "manual": f"Manual: somebody at {developer} activates it",
    }.get(activation, "At once: the credentials are checked while you wait")
