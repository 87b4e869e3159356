"""What every request carries: an id to quote, and no caching of what people may see."""

import logging
import uuid

from pilots import origin
from pilots.choices import Via


class RequestId(logging.Filter):
    """Puts the id that an error page quotes beside what is logged about that request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(getattr(record, "request", None), "id", "-")
        return True


class RequestContext:
    """Gives each request an id (`X-Request-ID`) and keeps signed-in pages out of shared caches."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex[:12]
        via = Via.API if request.path.startswith("/api/") else Via.WEB
        with origin.entered(via, request.id):
            response = self.get_response(request)
        response["X-Request-ID"] = request.id
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.setdefault("Cache-Control", "private, no-store")
        return response
