"""Trees as plain arrays: fitted, calibrated, stored, walked with the path's own shares."""
