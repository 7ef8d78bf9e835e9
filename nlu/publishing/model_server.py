"""Telling a running NLU server which model to answer with (`PUT /model`). Used by publish.py."""

from __future__ import annotations

from dataclasses import dataclass

import requests

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 10.0
# The server gives a model two minutes to load.
SWAP_TIMEOUT_S = 150.0


class SwapRefused(Exception):
    """The server answers and does not serve the new model; the message says why."""


@dataclass(frozen=True)
class ModelServer:
    """One server. `token` is its NLU_TOKEN, needed from another machine."""

    url: str
    token: str | None = None

    def model_file(self) -> str | None:
        """The archive it answers with, "" when it has none yet; None when no NLU server answers there."""
        try:
            answer = self._session().get(f"{self.url}/status", timeout=(CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S))
            if answer.status_code != requests.codes.ok:
                return None
            return answer.json()["model_file"] or ""
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return None

    def serve(self, archive: str) -> None:
        """Returns once the server answers with this archive. Raises SwapRefused; safe to repeat."""
        try:
            answer = self._session().put(
                f"{self.url}/model",
                json={"model_file": archive},
                params={"token": self.token} if self.token else {},
                timeout=(CONNECT_TIMEOUT_S, SWAP_TIMEOUT_S),
            )
        except requests.RequestException as error:
            # The outcome of a request without an answer is unknown, so the server is asked.
            if self.model_file() == archive:
                return
            raise SwapRefused(f"{self.url} did not answer ({type(error).__name__})") from error
        if answer.status_code != requests.codes.no_content:
            raise SwapRefused(f"{self.url} answers {answer.status_code}: {_message(answer)}")

    def _session(self) -> requests.Session:
        """Straight to the server: a proxy of the environment is for the outside."""
        session = requests.Session()
        session.trust_env = False
        return session


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason or "no reason given"
