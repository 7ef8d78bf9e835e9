"""Articles on the platform: pictures that stay, the draft box, what was sent or published, who read it."""
