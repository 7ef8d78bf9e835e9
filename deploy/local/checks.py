"""`make check` and `make test`: every check of the project, a few side by side, one failure failing the whole.

Output of a check is shown when it ends: all of it after a failure, its closing lines otherwise. Coverage of bot/ is
gathered from all suites that run in this environment and reported once, at the end.
"""

import os
import shutil
import sys
from pathlib import Path

from config.settings import ROOT
from deploy.local.check_runner import Check, run_all
from deploy.local.plan import node_environment

PYTHON = sys.executable
NLU_PYTHON = str(ROOT / "nlu" / ".venv" / "bin" / "python")
COVERAGE = ROOT / "var" / "coverage"
LOGS = ROOT / "var" / "log"
# Random walks through the whole product.
WALKS = "tests/integration/test_conversation_fuzz.py"
UNIT_API = "tests/unit/api"
# What is asked of every endpoint alike.
EVERY_ENDPOINT = tuple(f"{UNIT_API}/test_{name}.py" for name in ("contract_fuzz", "bodies", "rights", "query_counts"))
LEAST_COVERAGE_PERCENT = 85
# The e2e suite starts the whole product; beside it there is room for one more suite on two cores.
SLOTS = 2


def main(arguments: list[str]) -> int:
    """Exit code: 0 when everything passed."""
    if arguments not in (["check"], ["test"]):
        print("usage: python -m deploy.local.checks check|test", file=sys.stderr)
        return 2
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir(parents=True)
    failed = run_all(quick_checks(), LOGS, SLOTS)
    if arguments == ["test"] and not failed:
        failed = run_all(slow_checks(), LOGS, SLOTS)
        failed += run_all(coverage_checks(), LOGS, 1)
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'all checks passed'}", flush=True)
    return 1 if failed else 0


def quick_checks() -> tuple[Check, ...]:
    """The fast part, longest first so that the last one to end is short."""
    npm = node_environment(ROOT)
    console = ROOT / "console"
    return (
        # In three, for the two cores: each takes as long as all the other checks together.
        _pytest("unit", "tests/unit", "tests/simulator", f"--ignore={UNIT_API}"),
        _pytest("unit-every-endpoint", *EVERY_ENDPOINT),
        _pytest("unit-api", UNIT_API, *(f"--ignore={path}" for path in EVERY_ENDPOINT)),
        Check("types", (PYTHON, "-m", "mypy")),
        Check("console-types", ("npx", "--no-install", "vue-tsc", "--noEmit"), console, npm),
        Check("console-lint", ("npm", "run", "--silent", "lint"), console, npm),
        Check("console-tests", ("npm", "run", "--silent", "test"), console, npm),
        Check("imports", (str(Path(PYTHON).parent / "lint-imports"),)),
        Check("lint", (PYTHON, "-m", "ruff", "check")),
        Check("format", (PYTHON, "-m", "ruff", "format", "--check")),
        Check("nlu-data", (NLU_PYTHON, "nlu/lint_data.py")),
    )


def slow_checks() -> tuple[Check, ...]:
    """What needs real servers, the trained model or a browser."""
    return (
        Check("e2e", (PYTHON, "-m", "pytest", "tests/e2e")),
        # These two without coverage: it would measure what the other tests measure, at twice the time.
        Check("walks", (PYTHON, "-m", "pytest", WALKS)),
        Check("million-secrets", (PYTHON, "-m", "pytest", "tests/slow")),
        _pytest("answers", "tests/answers"),
        _pytest("integration", "tests/integration", f"--ignore={WALKS}"),
        _pytest("contract", "tests/contract"),
        Check("nlu-tests", (NLU_PYTHON, "-m", "pytest", "tests"), ROOT / "nlu"),
    )


def coverage_checks() -> tuple[Check, ...]:
    """One report over all suites; branches count. Runs after them."""
    data = {"COVERAGE_FILE": str(COVERAGE / "all")}
    report = ("report", f"--fail-under={LEAST_COVERAGE_PERCENT}")
    return (
        Check("coverage-join", (PYTHON, "-m", "coverage", "combine", "--keep", str(COVERAGE)), env=data),
        Check("coverage", (PYTHON, "-m", "coverage", *report), env=data, closing_lines=200),
    )


def _pytest(name: str, *folders: str) -> Check:
    command = (PYTHON, "-m", "pytest", *folders, "--cov=bot", "--cov-branch", "--cov-report=", "--cov-fail-under=0")
    return Check(name, command, env={"COVERAGE_FILE": str(COVERAGE / f"all.{name}")})


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
