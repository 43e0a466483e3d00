"""The rules of Adjoin: plain synchronous Python, one module per noun, verbs as functions."""
