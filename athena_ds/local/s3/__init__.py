"""S3 in front of moto; the objects one caller may read and write, and local copies of them for engines."""
