"""Tests of the project itself: its sizes, its lock files, what must not stand in it."""
