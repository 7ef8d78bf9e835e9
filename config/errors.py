"""What a content file that does not fit raises; both loaders (content.py, rules.py) stop the start with it."""


class ConfigError(Exception):
    """A content file does not fit. The message names the file and the key."""

    def __init__(self, file: str, key: str, why: str) -> None:
        super().__init__(f"config/{file}: {key}: {why}")
