"""What a platform needs to take bundles: none of our packages, two hundred lines to copy."""
