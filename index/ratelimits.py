"""What is left of limits, in the headers of draft-ietf-httpapi-ratelimit-headers-10."""

from collections.abc import Iterable, Mapping

from moderation.limits import Usage


def headers(usage: Iterable[Usage]) -> Mapping[str, str]:
    """`RateLimit-Policy` (quota, window) and `RateLimit` (remaining, seconds until it is more).

    Each is a list of structured fields (RFC 9651), one a limit; without limits there is none.
    """
    limited = [(each, each.remaining) for each in usage if each.remaining is not None]
    if not limited:
        return {}
    policies = [
        f'"{each.counted.name}";q={each.limit};w={int(each.counted.window.total_seconds())}'
        for each, _ in limited
    ]
    left = [
        f'"{each.counted.name}";r={remaining}' + (f";t={each.wait_seconds}" if each.free_at else "")
        for each, remaining in limited
    ]
    return {"ratelimit-policy": ", ".join(policies), "ratelimit": ", ".join(left)}
