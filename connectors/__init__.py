"""How we speak to the outside: HTTP door, webhooks, mail, one module per third-party system."""
