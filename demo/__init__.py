"""What `main.py demo` shows: example hotels, partners that are real programs, a post office."""
