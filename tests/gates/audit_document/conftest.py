"""An audit document is of a pilot of the scene that the pages show."""

from tests.flows.conftest import aside, first_scene, scene

__all__ = ["aside", "first_scene", "scene"]
