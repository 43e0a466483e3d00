"""The kinds of source we know, by key, in the order in which they are offered."""

from collections.abc import Mapping

from connectors import apaleo, cloudbeds, file, mews, rest
from connectors.source import Kind

KINDS: Mapping[str, Kind] = {
    kind.key: kind for kind in (mews.KIND, apaleo.KIND, cloudbeds.KIND, rest.KIND, file.KIND)
}
