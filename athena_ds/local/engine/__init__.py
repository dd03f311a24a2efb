"""What executes SQL, behind one seam."""
