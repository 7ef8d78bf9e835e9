"""The acceptance scripts: stories played through the running product, asserted step by step, printed to be read.

`stage.py` is the language they are written in, a module per script. Used by `python -m deploy.local.scripts`, by the
demo and by tests/e2e/test_scripts.py.
"""

from deploy.local.scripts import a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12
from deploy.local.scripts.stage import Script

SCRIPTS: tuple[Script, ...] = tuple(
    module.SCRIPT for module in (a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12)
)
