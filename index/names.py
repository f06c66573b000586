"""Names of projects in URLs: one spelling each, and the others are redirected to it."""

from packaging.utils import NormalizedName, canonicalize_name, is_normalized_name
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from index.cors import ANY_ORIGIN
from storage.problems import NotFound

_LONGEST = 255


def known_name(request: Request) -> NormalizedName:
    """The project of the path, normalized. Raises NotFound for what cannot be a name."""
    name = canonicalize_name(request.path_params["project"])
    if len(name) > _LONGEST or not is_normalized_name(name):
        raise NotFound("There is no project of that name: it is not a valid name.")
    return NormalizedName(name)


def only_if_normalized(request: Request) -> Response | None:
    """None for a normalized name; else the redirect to the page under its one spelling (S2).

    That a name normalizes so never changes, so the redirect may be kept for ever (S3).
    """
    asked, name = request.path_params["project"], known_name(request)
    if asked == name:
        return None
    steps = request.scope["path"].split("/")
    steps[steps.index(asked)] = name
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse("/".join(steps) + query, 301, ANY_ORIGIN)
