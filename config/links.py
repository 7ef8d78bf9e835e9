"""Loads links.yml: the hosts that links in articles may lead to."""

import re
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "links.yml"
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    owner: Annotated[str, Field(min_length=1)]
    since: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    hosts: list[Annotated[str, Field(pattern=f"^{HOST.pattern}$")]]


def load_link_hosts(folder: Path = FOLDER) -> frozenset[str]:
    """The hosts, in lower case and without a port. Raises ConfigError."""
    try:
        return frozenset(_File.model_validate(read_yaml(folder / FILE)).hosts)
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
