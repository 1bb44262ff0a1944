"""The `tenure` command. A module here with `register(app)` adds its verbs; `main` gathers them."""
