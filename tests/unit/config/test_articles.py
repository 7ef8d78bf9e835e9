"""The templates of articles are articles somebody could send."""

from pathlib import Path

import pytest
import yaml

from config.articles import FOLDER, load_article_templates
from config.errors import ConfigError
from config.files import read_files

FILES = read_files()
GOOD = {
    "name": "提醒",
    "hint": "服务类",
    "kind": "service",
    "title": "提醒",
    "author": "普惠服务",
    "digest": "",
    "goal": "激活",
    "body": "<p>详询{hotline}。</p>\n<p>好</p>\n",
}


def load(folder: Path = FOLDER):
    return load_article_templates(FILES.content, FILES.check_wording, FILES.wording, folder)


def written(folder: Path, **other: str) -> Path:
    (folder / "articles.yml").write_text(yaml.safe_dump({"templates": {"one": {**GOOD, **other}}}), encoding="utf-8")
    return folder


def test_the_releases_own_templates_load() -> None:
    templates = load()

    assert len(templates) >= 4
    assert all("{" not in one.words.body for one in templates.values())


def test_blanks_are_filled_and_the_files_line_ends_are_not_the_articles(tmp_path: Path) -> None:
    assert load(written(tmp_path))["one"].words.body == "<p>详询95588。</p><p>好</p>"


@pytest.mark.parametrize(
    ("other", "key"),
    [
        ({"title": "题" * 33}, "title"),
        ({"kind": "other"}, "kind"),
        ({"body": "<p>{nobody}</p>"}, "body"),
        ({"body": "<script>x</script>"}, "body"),
        ({"body": '<section data-product="nothing"></section>'}, "body"),
        ({"body": "<p>必批</p>"}, "body"),
        ({"title": "必批"}, "title"),
        ({"goal": ""}, "goal"),
        ({"more": "x"}, "more"),
    ],
)
def test_a_template_that_could_not_be_sent_stops_the_start(tmp_path: Path, other: dict[str, str], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"templates\.one\.{key}"):
        load(written(tmp_path, **other))


def test_a_missing_or_broken_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        load(tmp_path)
    (tmp_path / "articles.yml").write_text("templates: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not YAML"):
        load(tmp_path)
