"""What the operator decides, read from `strategies/<name>/*.toml` into frozen typed objects.

`loading.load(directory)` gives a `Strategy`; `strategy.at(as_of)` gives the sections that were in
force on a day. Nothing here knows Django, an engine or a clock.
"""
