"""Pages of a school's workers: tutor, registrar, director."""
