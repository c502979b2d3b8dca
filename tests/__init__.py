"""Tests of the Movie Director add-on; docs/README.md has the map."""
