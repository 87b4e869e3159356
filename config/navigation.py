"""What the page's frame shows: the places this person may go."""


def shell(request):
    return {}
