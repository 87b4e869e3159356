"""The API's frame: routes, paging, and errors as sentences."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.exceptions import PermissionDenied as ApiPermissionDenied
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from pilots.rules import RuleViolation


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


def explain(error, context):
    """A broken rule is a 409 with its reasons; everything else as DRF does it, in sentences."""
    if isinstance(error, RuleViolation):
        return Response({"reasons": error.reasons}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, Http404):
        error = NotFound("There is nothing here that you may see.")
    if isinstance(error, PermissionDenied):
        error = ApiPermissionDenied(str(error) or None)
    return exception_handler(error, context)
