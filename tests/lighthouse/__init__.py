"""Lighthouse on the pages of the portal: how fast, how open and how well made a telephone finds them."""
