import ssl

import pytest
import trustme

NAME = "metrics.test"


class Certificates:
    """An authority of this test run, and servers' sides of HTTPS with certificates of it."""

    def __init__(self, folder):
        self.authority = trustme.CA()
        self.ca_file = str(folder / "authority.pem")
        self.authority.cert_pem.write_to_path(self.ca_file)

    def server(self, *names: str, **validity) -> ssl.SSLContext:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names, **validity).configure_cert(tls)
        return tls


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))
