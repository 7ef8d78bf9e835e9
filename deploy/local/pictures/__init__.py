"""Makes the pictures of docs/screens: a bank's week is played through a product of its own, then every screen is
photographed as the person who works with it sees it. `python -m deploy.local.screenshots` is the command.
"""
