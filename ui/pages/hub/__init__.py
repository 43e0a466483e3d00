"""The Developer Hub: what partners see."""
