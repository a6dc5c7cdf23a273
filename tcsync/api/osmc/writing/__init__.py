"""What clients change: local resources only. A copy says that it is one, and stays as it is."""
