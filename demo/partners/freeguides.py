"""FreeGuides: needs no work of its own; a request is accepted by answering 200."""

from demo.partners import process, receiver
from demo.partners.inbox import Inbox

HOUSE = receiver.House(
    look="freeguides",
    name="FreeGuides",
    motto="City guides for guests who like to walk",
    promise="Every hotel is welcome at once. We say 200, and Adjoin activates the connection.",
    no_request="No hotel reads our guides yet. The first one that connects is listed here.",
)


def main() -> None:
    start = process.arguments()
    inbox = Inbox.load(start.folder, "freeguides")
    process.run(receiver.site(HOUSE, inbox, start), start.port)


if __name__ == "__main__":
    main()
