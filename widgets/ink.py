"""The colour of a component's text as it shows on the widget's own background."""

from rich.style import Style
from textual.widget import Widget


def ink(widget: Widget, component: str) -> Style:
    """Colour and weight of ``component``, to lay over any background.

    Theme colours such as ``$text-muted`` are a share of a contrast to what lies behind them; here
    they are worked out, which a component's partial style leaves undone.
    """
    style = widget.get_visual_style(component)
    colour = None if style.foreground is None else style.foreground.rich_color
    return Style(color=colour, bold=style.bold)


def rgb(widget: Widget, component: str) -> tuple[int, int, int]:
    """The colour alone, as red, green and blue up to 255."""
    colour = widget.get_visual_style(component).foreground
    return (0, 0, 0) if colour is None else colour.rgb
