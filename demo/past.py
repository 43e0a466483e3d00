"""What has happened on the demo's stage before somebody looks: weeks of connections, in order."""

from demo.post_office import PostOffice
from demo.stage import Stage


def play(stage: Stage, post_office: PostOffice | None) -> None:
    """Play the past."""
