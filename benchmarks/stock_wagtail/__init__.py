"""An ordinary Wagtail site with the same story: what stock Wagtail does with it."""
