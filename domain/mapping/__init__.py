"""Mapping: how a source's records become ours. Pure: values in, values out.

Read in this order: `rows` (what a person decides), `compiled` (what a run calls), `conversions`
(the table of transforms), `problems` and `preview` (what a person sees before anything counts),
`discovery` and `suggestions` (what makes the first draft), `drift` and `versions` (what changes).
"""
