"""The demo's partners and hotel systems: small programs of their own, which know nothing of ours.

Each is run by `demo.programs`, or by hand: `python -m demo.partners.akia --port 9002 …`.
"""
