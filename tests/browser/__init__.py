"""A real Chromium against the real demo: real server, real partner programs, real mail."""
