import pandas as pd
import pytest

from analysis.config import Bands
from analysis.errors import MethodError
from analysis.profiles import sample

SIZE = Bands(lower=[20, 50, 80, 150], groups=["20-49", "50-79", "80-149", "150+"])


def test_bands_are_half_open():
    values = pd.Series([20, 49, 50, 149, 150, 501])
    assert list(sample.band(values, SIZE)) == ["20-49", "20-49", "50-79", "80-149", "150+", "150+"]


@pytest.mark.parametrize("value", [19, None])
def test_value_in_no_band_is_refused(value):
    with pytest.raises(MethodError, match="below 20"):
        sample.band(pd.Series([value, 60], dtype=float), SIZE)


def test_counts_keep_the_printed_order_and_empty_groups():
    table = sample.count_groups(pd.Series(["b", "b", "a", None]), {"a": "A", "b": "B", "c": "C"})
    assert list(table["value"]) == [1, 2, 0]
    assert table["share"].sum() == pytest.approx(100)


def test_unlisted_group_is_refused():
    with pytest.raises(MethodError, match="unlisted group"):
        sample.count_groups(pd.Series(["z"]), {"a": "A"})


def test_total_leaves_out_respondents_with_a_missing_part():
    answers = pd.DataFrame({"micro": [1, 2, None], "large": [3, 4, 5]})
    table = sample.total_by_item(answers, {"micro": "mikro", "large": "duże"})
    assert list(table["value"]) == [3, 7]
    assert set(table["n"]) == {2}


ANSWERS = pd.DataFrame(
    {
        "members_total": [10, 20],
        "seat_voivodeship": ["opolskie", "lodzkie"],
        "members_in__opolskie": [6, 3],
        "members_in__lodzkie": [4, 17],
    },
    index=["R01", "R02"],
)


def test_home_share_takes_each_clusters_own_voivodeship():
    assert list(sample.home_share(ANSWERS)) == [60.0, 85.0]


def test_members_from_elsewhere_leave_out_the_seat():
    places = pd.DataFrame({"code": ["opolskie", "lodzkie"], "name_pl": ["opolskie", "łódzkie"]})
    table = sample.members_from_elsewhere(ANSWERS, places).set_index("group")["value"]
    assert table.to_dict() == {"opolskie": 3, "lodzkie": 4}


def test_age_counts_from_the_first_activity():
    registry = pd.DataFrame({"founded": ["2023", "2009"], "operating_since": ["2018", ""]})
    assert list(sample.founding_year(registry)) == [2018, 2009]


def test_status_tells_plans_only_where_they_are_known():
    traits = pd.DataFrame({"kkk": ["KKK", "not KKK", "not KKK", "not KKK"], "kkk_plans": [None, 1, 0, None]})
    assert list(sample.status_with_plans(traits)) == ["KKK", "plans", "no plans", "not KKK"]


def test_register_of_the_edition_gives_the_printed_groups(root):
    """As printed: 18, 16, 8 clusters by age; 10, 11, 11, 10 by size; 4 942 members; three empty voivodeships."""
    registry = pd.read_csv(root / "data/editions/2024/raw/registry.csv", dtype=str, keep_default_na=False)
    sizes = sample.band(registry["members"].astype(int), SIZE).value_counts()
    assert sizes.to_dict() == {"20-49": 10, "50-79": 11, "80-149": 11, "150+": 10}
    ages = sample.band(sample.founding_year(registry), Bands(lower=[1900, 2010, 2015], groups=["a", "b", "c"]))
    assert ages.value_counts().to_dict() == {"a": 18, "b": 16, "c": 8}
    numbers = sample.registry_numbers(registry).set_index("group")["value"]
    assert numbers["members.total"] == 4942
    assert numbers["voivodeships.without"] == 3
    assert round(numbers["members.mean"], 1) == 117.7
