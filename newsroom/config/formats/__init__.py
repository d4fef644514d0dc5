"""Dates and numbers as people here write them. Django's own vi formats read 05/06/2026 as the sixth of May and refuse 23/11/2026."""
