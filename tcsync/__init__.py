"""The node: engine, repository and served API of tcsync. It renders no HTML and knows no queue."""
