"""The stories that a simulated org can play, one file each; `catalogue` lists them."""
