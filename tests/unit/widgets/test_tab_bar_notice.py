from tests.unit.widgets.frame_app import FrameApp, lines_of
from widgets.notice import Notice
from widgets.tab_bar import Tab, TabBar
from widgets.types import NoticeView, Severity, TabView

TABS = (TabView("overview", "1", "Overview"), TabView("limits", "2", "Limits"))


async def test_a_click_on_a_tab_asks_for_its_room() -> None:
    app = FrameApp(TabBar(TABS, "overview"))
    async with app.run_test(size=(80, 3)) as pilot:
        assert lines_of(app)[0].split() == ["1", "Overview", "2", "Limits"]
        await pilot.click(TabBar, offset=(15, 0))
        await pilot.pause()
        assert [told.name for told in app.told if isinstance(told, Tab.Opened)] == ["limits"]


async def test_the_open_room_is_told_apart_by_more_than_colour() -> None:
    app = FrameApp(TabBar(TABS, "limits"))
    async with app.run_test(size=(80, 3)):
        strip = app.screen._compositor.render_strips()[0]
        underlined = {
            segment.text.strip() for segment in strip if segment.style and segment.style.underline
        }
        assert underlined == {"2 Limits"}


async def test_a_notice_says_its_sentences_and_takes_no_room_without_them() -> None:
    notice = Notice()
    app = FrameApp(notice)
    async with app.run_test(size=(60, 12)) as pilot:
        assert not any(lines_of(app))
        notice.show(
            NoticeView(
                "It [stopped]", "Nothing comes in.", "Start it.", "disk full", Severity.CRITICAL
            )
        )
        await pilot.pause()
        text = "\n".join(lines_of(app))
        for sentence in ("■ It [stopped]", "Nothing comes in.", "Start it.", "disk full"):
            assert sentence in text
        notice.show(None)
        await pilot.pause()
        assert not any(lines_of(app))
