"""The LiteLLM proxy: the real one in an environment of its own, and a light stand-in for it.

Imports nothing by itself: `proxy` runs where the packages of the tests are not installed.
"""
