from hypothesis import given
from hypothesis import strategies as st

from tests.unit.widgets.list_app import OneWidget, lines_of, until
from widgets.field_list import FieldList, in_columns
from widgets.row_types import Field, FieldGroup, Tone

groups_of_a_page = st.lists(
    st.integers(0, 30).map(lambda n: FieldGroup("T", tuple(Field(str(i), "v") for i in range(n)))),
    max_size=12,
)


@given(groups_of_a_page, st.integers(1, 5))
def test_every_group_is_in_one_column_in_its_order(groups: list[FieldGroup], count: int) -> None:
    columns = in_columns(groups, count)
    assert len(columns) == count
    assert [group for column in columns for group in column] == groups


def page(names: int = 3) -> tuple[FieldGroup, ...]:
    return (
        FieldGroup("First", tuple(Field(f"name {n}", f"value {n}") for n in range(names))),
        FieldGroup("Second", (), empty="nothing known"),
        FieldGroup("Third", (Field("/query", "1,200", bar=0.75), Field("/other", "400", bar=0.25))),
    )


async def test_groups_stand_side_by_side_where_the_width_allows_it() -> None:
    app = OneWidget(FieldList())
    async with app.run_test(size=(60, 30)) as pilot:
        app.widget.show(page())
        await pilot.pause()
        assert not any("First" in line and "Second" in line for line in lines_of(app))
        await pilot.resize_terminal(180, 30)
        await pilot.pause()
        first = next(line for line in lines_of(app) if "First" in line)
        assert "Second" in first
        assert "Third" in first


async def test_a_part_of_a_whole_has_a_bar_before_its_figure() -> None:
    app = OneWidget(FieldList())
    async with app.run_test(size=(60, 30)) as pilot:
        app.widget.show(page())
        await pilot.pause()
        long, short = (next(row for row in lines_of(app) if n in row) for n in ("/query", "/other"))
        assert long.count("━") == 9
        assert short.count("━") == 3
        assert long.rstrip().endswith("1,200")
        assert any("nothing known" in line for line in lines_of(app))


async def test_long_values_go_on_beneath_themselves_and_markup_stays_text() -> None:
    app = OneWidget(FieldList())
    async with app.run_test(size=(40, 20)) as pilot:
        value = "[bold]SELECT[/bold] " + "x" * 60
        app.widget.show((FieldGroup("Query", (Field("Text", value, Tone.BAD),)),))
        await pilot.pause()
        text = "".join(line.strip() for line in lines_of(app))
        assert "[bold]SELECT[/bold]" in text
        assert text.count("x") >= 60


async def test_keys_scroll_what_does_not_fit() -> None:
    app = OneWidget(FieldList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(page(names=40))
        app.widget.focus()
        await until(pilot, lambda: app.widget.has_focus and app.widget.max_scroll_y > 0)
        await pilot.press("end")
        await until(pilot, lambda: any("/other" in line for line in lines_of(app)))
