"""What a person sees: one file per screen, its stylesheet beside it."""
