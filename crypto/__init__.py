"""The ground of cryptography: bytes in, bytes out. It knows no school, no SQL and no clock."""
