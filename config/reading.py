"""Reads the YAML of this folder with the library's C loader, ten times as fast: every process reads all of it at its
start. A key that stands twice is an error: the library would take the second and say nothing.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

# Built without libyaml, the library has only the slow one; both build the same plain values and nothing else.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _EachKeyOnce(LOADER):  # type: ignore[misc,valid-type]  # chosen above
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 -- as in the library
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        for name, count in keys.items():
            if count > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name} stands here twice", node.start_mark)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def read_yaml(path: Path) -> Any:
    """The plain values of a file. Raises FileNotFoundError, yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_EachKeyOnce)  # noqa: S506 -- one of the two safe loaders
