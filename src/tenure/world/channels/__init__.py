"""Providers of messages, played on this machine: nobody's telephone rings."""
