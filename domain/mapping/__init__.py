"""Mapping: how a source's records become ours. Pure: values in, values out."""
