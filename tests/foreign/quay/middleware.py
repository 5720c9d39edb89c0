"""A number for each request, told in its answer, and a line of the access log."""

import json
import re
import uuid

from django.conf import settings


class Traced:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4()
        answer = self.get_response(request)
        answer["X-Request-Id"] = str(request.id)
        found, user = request.resolver_match, getattr(request, "user", None)
        line = {
            "verb": request.method,
            "template": None if found is None else "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", found.route),
            "url": request.path,
            "harbour": user.harbour_id if user is not None and user.is_authenticated else None,
        }
        with open(settings.ACCESS_LOG, "a") as log:  # noqa: PTH123 - one write of one line, as logging does
            log.write(json.dumps(line) + "\n")
        return answer
