"""The ways to prove to a third party's system who asks: which credentials each one takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors import apaleo, cloudbeds, mews
from connectors.vendor import CredentialField


@dataclass(frozen=True)
class Method:
    """A way to prove who asks.

    fields: what a person fills in. kept: keys of further values that are received, not filled
        in, and stored with the others (the tokens of an OAuth2 grant).
    """

    key: str
    label: str
    fields: tuple[CredentialField, ...]
    kept: tuple[str, ...] = ()


_CLIENT = (
    CredentialField("client_id", "Client ID", "Names this portal to the other system.", False, ""),
    CredentialField("client_secret", "Client secret", "", True, ""),
)
_SCOPE = CredentialField(
    "scope",
    "Scopes",
    "Which rights to ask for, with spaces between them. Leave it empty if you were given none.",
    False,
    "reservations.read guests.read",
    kind="text",
    optional=True,
)
_TOKEN_ADDRESS = CredentialField(
    "token_address",
    "Token address",
    "Where tokens are given out, from the other system's documentation.",
    False,
    "https://identity.example.com/oauth/token",
    kind="address",
)

METHODS: Mapping[str, Method] = {
    method.key: method
    for method in (
        Method(
            "bearer",
            "Bearer token",
            (CredentialField("token", "Token", "The access token or API token.", True, ""),),
        ),
        Method(
            "api_key",
            "API key in a header",
            (
                CredentialField(
                    "header", "Header", "The header that carries the key.", False, "X-API-Key"
                ),
                CredentialField("key", "Key", "", True, ""),
            ),
        ),
        Method(
            "basic",
            "User name and password",
            (
                CredentialField("user", "User name", "", False, "", kind="text"),
                CredentialField("password", "Password", "", True, "", kind="text"),
            ),
        ),
        Method("mews", "Mews tokens", mews.FIELDS),
        Method("cloudbeds", "Cloudbeds API key", cloudbeds.FIELDS),
        Method("apaleo", "Apaleo client", apaleo.FIELDS),
        Method(
            "oauth_client",
            "OAuth 2.0 client credentials",
            (*_CLIENT, _TOKEN_ADDRESS, _SCOPE),
        ),
        Method(
            "oauth_code",
            "OAuth 2.0, agreed to in the browser",
            (
                *_CLIENT,
                CredentialField(
                    "authorize_address",
                    "Authorization address",
                    "The page where you agree, from the other system's documentation.",
                    False,
                    "https://identity.example.com/oauth/authorize",
                    kind="address",
                ),
                _TOKEN_ADDRESS,
                _SCOPE,
            ),
            kept=("access_token", "refresh_token", "expires_at"),
        ),
    )
}
