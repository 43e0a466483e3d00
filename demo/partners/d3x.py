"""D3x: takes requests and tokens down; a person activates them in Adjoin's Developer Hub."""

from demo.partners import process, receiver
from demo.partners.inbox import Inbox

HOUSE = receiver.House(
    look="d3x",
    name="D3x",
    motto="the guest's whole stay in one app",
    promise="New hotels wait here until one of us activates them in Adjoin's Developer Hub.",
    no_request="No hotel yet. When one presses Connect in Adjoin, it appears here.",
)


def main() -> None:
    start = process.arguments()
    inbox = Inbox.load(start.folder, "d3x")
    process.run(receiver.site(HOUSE, inbox, start), start.port)


if __name__ == "__main__":
    main()
