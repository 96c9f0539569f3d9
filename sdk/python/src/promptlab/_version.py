"""Kept equal to package.json beside it by a test."""

SDK_NAME = "promptlab-python"
VERSION = "0.2.0"
