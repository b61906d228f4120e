"""Who hears of what, by which channel: in-app inbox, short message, e-mail, group robots, signed webhooks."""
