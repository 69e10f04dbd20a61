"""What the acceptance tests share: programs, networks, the bus, Prometheus, the compose stack, the page."""
