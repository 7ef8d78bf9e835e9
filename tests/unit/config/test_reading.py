"""Files of the configuration as they are read."""

from pathlib import Path

import pytest
import yaml

from config.reading import read_yaml


def test_a_key_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "replies.yml"
    file.write_text("texts:\n  greet: {text: 您好}\n  bye: {text: 再见}\n  greet: {text: 你好}\n", encoding="utf-8")

    with pytest.raises(yaml.YAMLError, match="greet stands here twice"):
        read_yaml(file)


def test_keys_of_different_places_may_be_alike(tmp_path: Path) -> None:
    file = tmp_path / "replies.yml"
    file.write_text("one: {text: 您好}\ntwo: {text: 再见}\n", encoding="utf-8")

    assert read_yaml(file) == {"one": {"text": "您好"}, "two": {"text": "再见"}}
