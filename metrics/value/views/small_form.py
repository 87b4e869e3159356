"""The page of a form of few fields."""

from django.shortcuts import render

from pilots.permissions import granted


def small_form(request, form, pilot, *, heading: str, button: str, back: str, lead: str = ""):
    """The form below the head of a pilot's pages; `back` is where Cancel leads."""
    failed = request.method == "POST"
    context = {
        "pilot": pilot,
        "form": form,
        "heading": heading,
        "lead": lead,
        "button": button,
        "back": back,
        "failed": failed,
        "tab": "value",
        "may": granted(request.user, pilot=pilot),
    }
    return render(request, "metrics/value_form.html", context, status=422 if failed else 200)
