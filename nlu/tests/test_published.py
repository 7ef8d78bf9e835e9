"""Which model a server starts with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from publishing.published import NoSuchModel, archive_named, model_to_serve, read_published, write_published
from server import may_swap


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for age, name in ((20, "xinqiao-old.tar.gz"), (10, "xinqiao-new.tar.gz")):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    return tmp_path


def test_the_newest_is_served_until_one_is_published(models: Path) -> None:
    assert model_to_serve(models) == models / "xinqiao-new.tar.gz"

    write_published("xinqiao-old.tar.gz", models)

    assert read_published(models) == "xinqiao-old.tar.gz"
    assert model_to_serve(models) == models / "xinqiao-old.tar.gz"


def test_a_published_model_whose_archive_is_gone_gives_way_to_the_newest(models: Path) -> None:
    write_published("xinqiao-old.tar.gz", models)
    (models / "xinqiao-old.tar.gz").unlink()

    assert read_published(models) is None
    assert model_to_serve(models) == models / "xinqiao-new.tar.gz"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff", b"../xinqiao-new.tar.gz", b"xinqiao-new.tar.gz\nmore"])
def test_a_damaged_file_gives_way_to_the_newest(models: Path, content: bytes) -> None:
    (models / "published").write_bytes(content)

    assert model_to_serve(models) == models / "xinqiao-new.tar.gz"


def test_an_empty_folder_has_nothing_to_serve(tmp_path: Path) -> None:
    assert model_to_serve(tmp_path) is None


@pytest.mark.parametrize("name", ["", ".", "published", "xinqiao-none.tar.gz", "../x.tar.gz", "a\0.tar.gz", "n" * 300])
def test_only_an_archive_that_is_there_can_be_published(models: Path, name: str) -> None:
    with pytest.raises(NoSuchModel):
        write_published(name, models)

    assert sorted(path.name for path in models.iterdir()) == ["xinqiao-new.tar.gz", "xinqiao-old.tar.gz"]


def test_publishing_leaves_one_line_and_no_draft(models: Path) -> None:
    write_published("xinqiao-old.tar.gz", models)
    write_published("xinqiao-new.tar.gz", models)

    assert (models / "published").read_text(encoding="utf-8") == "xinqiao-new.tar.gz\n"
    assert len(list(models.iterdir())) == 3
    assert archive_named("xinqiao-new.tar.gz", models) == models / "xinqiao-new.tar.gz"


@pytest.mark.parametrize(
    ("remote", "given", "token", "may"),
    [
        ("127.0.0.1", "", None, True),
        ("::1", "", "secret", True),
        ("10.0.0.7", "secret", "secret", True),
        ("10.0.0.7", "Secret", "secret", False),
        ("10.0.0.7", "", "secret", False),
        ("10.0.0.7", "", "", False),
        ("10.0.0.7", "", None, False),
        (None, "", None, False),
    ],
)
def test_a_model_is_swapped_from_this_machine_or_with_the_token(
    remote: str | None, given: str, token: str | None, may: bool
) -> None:
    assert may_swap(remote, given, token) is may
