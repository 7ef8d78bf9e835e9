"""The list of tags is checked at start."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.tags import load_tags

GOOD = "tags:\n  - {id: dialect, label: 说方言, group: 服务}\n"


def test_the_tags_of_the_release_are_known_by_id() -> None:
    found = load_tags()

    assert found["seasonal"].label == "旺季用款"
    assert list(found) == [kind.id for kind in found.values()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tags: []\n", "tags"),
        ("tags: [", "not YAML"),
        (GOOD.replace("dialect", "说"), "id"),
        (GOOD.replace("group", "color"), "tags"),
        (GOOD + "  - {id: dialect, label: 又一个, group: 服务}\n", "once"),
    ],
)
def test_a_broken_list_stops_the_start(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "tags.yml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as error:
        load_tags(tmp_path)

    assert said in str(error.value)


def test_a_missing_list_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_tags(tmp_path)
