"""An app and its successor often have one name: their kinds tell them apart."""

from dataclasses import replace

from console.presenters.integrations import present_integrations
from console.presenters.overview import present_shares
from tests.unit.presenters.sample_rooms import usage_answer


def test_integrations_of_one_name_show_their_kinds_in_every_list() -> None:
    answer = usage_answer()
    first, *others = answer.integrations
    old = replace(first, name="Billing Sync", kind="connected_app", app_id="0H4000000000001")
    new = replace(first, name="Billing Sync", kind="external_client_app", app_id="888000000000001")
    twins = replace(answer, integrations=(old, new, *others))
    wanted = {"Billing Sync (connected app)", "Billing Sync (ECA)"}
    for rows in (present_integrations(twins).records.rows, present_shares(twins).records.rows):
        names = [row.cells[0].text for row in rows]
        assert wanted <= set(names)
        assert "Billing Sync" not in names
        assert others[0].name in names
