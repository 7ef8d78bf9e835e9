"""A simulator of the WeChat platform for development and tests. It imports nothing of the product's."""
