"""The platform API, one file per area."""
