"""Where payment providers tell what happened: /hooks/<provider>."""
