"""`python -m simulator`: one process, many threads; loopback unless a demo or test sets HOST."""

import sys

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn publishes no types

from simulator.app import create_app
from simulator.settings import SettingsRefused, SimSettings

THREADS = 128


class Server(BaseApplication):  # type: ignore[misc]  # see its import
    """gunicorn with the options the simulator needs; the world lives in its only worker."""

    def __init__(self, settings: SimSettings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """One worker, because the world is in memory."""
        options = {
            "bind": self._settings.bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 0,
            "graceful_timeout": 1,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in the worker."""
        return create_app(self._settings)


def main() -> None:
    """Run until stopped; a refused setting ends with its reason."""
    try:
        settings = SimSettings.from_env()
    except SettingsRefused as refused:
        sys.exit(str(refused))
    Server(settings).run()


if __name__ == "__main__":
    main()
