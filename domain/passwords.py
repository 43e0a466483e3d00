"""Passwords: hashed with Argon2id, checked in the same time whether or not the account exists."""

from passlib.context import CryptContext

from domain.refusals import invalid

MIN_LENGTH = 10
MAX_LENGTH = 256  # hashing a longer text would only cost time

# The memory and time that OWASP's password storage cheat sheet names for Argon2id.
_context = CryptContext(
    schemes=["argon2"],
    argon2__type="id",
    argon2__time_cost=2,
    argon2__memory_cost=19456,
    argon2__parallelism=1,
)


def make_cheap() -> None:
    """Hash with as little work as possible: for tests and the demo's known passwords only."""
    _context.update(argon2__time_cost=1, argon2__memory_cost=8)


def hashed(password: str) -> str:
    return _context.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Return whether `password` is right; takes as long when there is no hash to compare with."""
    if len(password) > MAX_LENGTH or not _can_be_hashed(password):
        password = ""
    if password_hash is None:
        _context.dummy_verify()
        return False
    return _context.verify(password, password_hash)


def check_new(password: str, email: str) -> None:
    """Refuse (`invalid`) a password that is too short, too long, or the e-mail address itself."""
    if len(password) < MIN_LENGTH:
        raise invalid(f"Choose a password of at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise invalid(f"Choose a password of at most {MAX_LENGTH} characters.")
    if password.lower() in (email.lower(), email.split("@")[0].lower()):
        raise invalid("Choose a password that is not your e-mail address.")
    if not _can_be_hashed(password):
        raise invalid("Choose a password of characters that can be typed.")
    if len(set(password)) < 4:
        raise invalid("Choose a password with more different characters.")


def _can_be_hashed(password: str) -> bool:
    """Return whether there is no NUL and no lone surrogate in it; nobody can type either."""
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in password)
