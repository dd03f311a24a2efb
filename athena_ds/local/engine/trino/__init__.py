"""A real Trino behind the seam: it reads this endpoint's Glue and S3, and answers over its own protocol."""
