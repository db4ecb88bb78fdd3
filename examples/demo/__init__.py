"""The main job played through: a school's class list becomes a bundle at the platform."""
