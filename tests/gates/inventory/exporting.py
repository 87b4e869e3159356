"""The portfolio as a file, as people take it."""


def exported(client, columns: str = "us-federal-2024", query: str = "") -> bytes:
    answer = client.get(f"/portfolio/export/{columns}/{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)
