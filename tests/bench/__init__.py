"""`make bench`: the main pages on generated portfolios, as ratios to a bare Django view of the same run.

It measures and says which goals are met; it never fails because something was slow.
"""
