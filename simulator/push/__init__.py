"""The push side: what the platform sends to the callback, and what it makes of the answer."""
