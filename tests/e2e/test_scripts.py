"""The acceptance scripts, each step asserted by what the phone shows; and their printed pages, which must be today's."""

from collections.abc import Iterator

import pytest

from deploy.local.scripts import SCRIPTS
from deploy.local.scripts.stage import House, Script, Stage, perform
from deploy.local.scripts.transcript import as_markdown, page_of
from tests.e2e.conftest import Product

MORNING = "9:30"
REFRESH = "run `python -m deploy.local.scripts` and look at what changed"


@pytest.fixture(scope="module")
def house(product: Product) -> Iterator[House]:
    """The product's own; left on a morning, as the other stories want it."""
    found = House(product.simulator, product.console)
    yield found
    Stage(found).opens(MORNING)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.id)
def test_the_script_comes_to_its_end_and_its_page_tells_it(script: Script, house: House) -> None:
    record = perform(script, house)

    page = as_markdown(script.title, script.premise, record.moments)
    assert page_of(script.id).read_text(encoding="utf-8") == page, REFRESH


def test_every_page_belongs_to_a_script() -> None:
    assert sorted(page_of("a").parent.glob("*.md")) == sorted(page_of(script.id) for script in SCRIPTS)
