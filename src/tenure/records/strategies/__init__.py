"""Applied revisions of the strategy: every decision names one."""
