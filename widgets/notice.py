"""A calm panel for what went wrong or is not there yet: what, what it means, what to do."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.severity import SIGN, STYLE
from widgets.types import NoticeView, Severity


class Notice(Widget):
    """Draws a `NoticeView`; takes no room while there is none."""

    DEFAULT_CSS = """
    Notice {
        display: none;
        height: auto;
        max-height: 60%;
        margin: 1 2;
        padding: 0 1;
        border-left: thick $warning;
        &.-shown { display: block; }
        &.-info { border-left: thick $primary; }
        &.-severe { border-left: thick $error; }
    }
    """

    notice: reactive[NoticeView | None] = reactive(None, layout=True)
    """What to say; None hides the panel."""

    def show(self, notice: NoticeView | None) -> None:
        """Say this from now on, or nothing."""
        self.notice = notice

    def watch_notice(self, notice: NoticeView | None) -> None:
        """Appear, vanish, and take the colour of the severity."""
        severity = notice.severity if notice else None
        self.set_class(notice is not None, "-shown")
        self.set_class(severity in {Severity.OK, Severity.UNKNOWN}, "-info")
        self.set_class(severity in {Severity.CRITICAL, Severity.EXCEEDED}, "-severe")

    def render(self) -> Content:
        """The sentences, each on lines of its own."""
        if self.notice is None:
            return Content("")
        notice = self.notice
        lines = [
            Content.assemble(
                (f"{SIGN[notice.severity]} ", STYLE[notice.severity]), (notice.title, "bold")
            ),
            Content(notice.meaning),
            Content.styled(notice.next_step, "$text-primary"),
            Content.styled(notice.detail, "$text-muted"),
        ]
        return Content("\n").join(line for line in lines if line.plain)
