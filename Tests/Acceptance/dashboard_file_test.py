"""The Grafana dashboard as a file: its panels lie side by side and say what they are."""

import collections

import pytest
from support.prometheus import DASHBOARD

PANELS = DASHBOARD["panels"]
each_panel = pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])


def cells(panel):
    at = panel["gridPos"]
    return [(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]


def test_no_id_is_there_twice():
    ids = [panel["id"] for panel in PANELS]
    assert sorted(ids) == sorted(set(ids))


def test_no_panel_lies_on_another():
    taken = collections.Counter(cell for panel in PANELS for cell in cells(panel))
    assert [panel["title"] for panel in PANELS if any(taken[cell] > 1 for cell in cells(panel))] == []


@each_panel
def test_a_panel_is_within_the_grid(panel):
    assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24


@each_panel
def test_a_panel_says_what_it_shows(panel):
    assert panel.get("description")


@each_panel
def test_a_panel_uses_the_data_source_that_is_chosen(panel):
    assert {part["datasource"]["uid"] for part in [panel, *panel["targets"]]} == {"${datasource}"}


@each_panel
def test_each_query_of_a_panel_has_a_name_of_its_own(panel):
    names = [target["refId"] for target in panel["targets"]]
    assert sorted(names) == sorted(set(names))
