"""Files to send along: what arrives is kept, what is not welcome is refused at its place."""

from nicegui import ElementFilter
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing.user_interaction import UserInteraction

from tests.ui.patience import until
from tests.ui.test_components import visiting
from ui.components.attach import Attach


def draw() -> None:
    Attach(
        lambda name, content: "No programs, please." if name.endswith(".exe") else None,
        accept=[".png"],
        largest=1_000_000,
        most=2,
        hint="",
    )


async def test_files_are_kept_refused_counted_and_removed() -> None:
    async with visiting(draw) as user:
        with user:
            (attach,) = ElementFilter(kind=Attach)
        await attach.handle_uploads([SmallFileUpload("vast.png", "", b"0" * 1_000_001)])
        for name in ("one.png", "bad.exe", "two.png", "three.png"):
            await attach.handle_uploads([SmallFileUpload(name, "", name.encode())])
        await until(lambda: attach._props["taken"] == 5)
        assert [(one.name, one.content) for one in attach.files] == [
            ("one.png", b"one.png"),
            ("two.png", b"two.png"),
        ]
        shown = {row["name"]: row["error"] for row in attach._props["files"]}
        assert shown["vast.png"] == "Too large: 1 MB at most."
        assert shown["bad.exe"] == "No programs, please."
        assert shown["three.png"] == "2 files at most with one message."
        key = next(row["key"] for row in attach._props["files"] if row["name"] == "one.png")
        UserInteraction(user, {attach}, None).trigger("remove", key)
        await until(lambda: [one.name for one in attach.files] == ["two.png"])
        UserInteraction(user, {attach}, None).trigger("remove", {"forged": 1})
        attach.forget()
        assert attach.files == []
        assert attach._props["files"] == []
