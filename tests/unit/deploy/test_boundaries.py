"""Borders that import-linter cannot see: nlu/ is no package, and its Python is another one."""

import ast
import sys
from pathlib import Path

import pytest

from config.settings import ROOT

OURS = {"api", "bot", "config", "deploy", "jobs", "simulator", "webhooks"}
NLU_FILES = [file for folder in ("*.py", "components/**/*.py", "tests/**/*.py") for file in (ROOT / "nlu").glob(folder)]
STANDARD_ONLY = ("setup", "hand_over", "steps", "progress", "machine", "plan")


def test_there_are_nlu_files_to_look_at() -> None:
    assert NLU_FILES


@pytest.mark.parametrize("file", NLU_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nlu_imports_none_of_ours(file: Path) -> None:
    assert not _imported(file) & OURS


@pytest.mark.parametrize("name", STANDARD_ONLY)
def test_setup_needs_nothing_installed(name: str) -> None:
    file = ROOT / "deploy" / "local" / f"{name}.py"
    others = {module for module in _modules(file) if module.startswith("deploy.local")}

    assert not _imported(file) - sys.stdlib_module_names - {"deploy"}
    assert others <= {"deploy.local", *(f"deploy.local.{each}" for each in STANDARD_ONLY)}


def _imported(file: Path) -> set[str]:
    return {module.partition(".")[0] for module in _modules(file)}


def _modules(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found
