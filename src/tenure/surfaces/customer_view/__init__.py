"""One customer, whole, as of one moment: what the console draws and the API answers (DAT-02)."""
