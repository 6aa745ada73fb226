"""oidc-provider-mock on a free port, which it prints: mock.py"""

import os
import socket

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import oidc_provider_mock  # noqa: E402
import uvicorn  # noqa: E402
from oidc_provider_mock import User  # noqa: E402

users = [
    User(
        sub="ana",
        claims={
            "email": "ana@example.org",
            "email_verified": True,
            "given_name": "Ana",
            "family_name": "Núñez",
            "locale": "es",
        },
    ),
    User(sub="bob", claims={"email": "bob@example.org", "email_verified": False}),
]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
application = oidc_provider_mock.app(require_nonce=True, user_claims=users)
uvicorn.Server(uvicorn.Config(application, interface="wsgi", log_level="error")).run(sockets=[listener])
