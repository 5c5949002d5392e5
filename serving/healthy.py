"""python -m serving.healthy: exit code 0 if what is served answers; for a container's check."""

import os
import ssl
import sys
import urllib.error
import urllib.request

from serving.supervisor import HEALTH


def main() -> None:
    """Ask the proxy, as whoever uses it does; one sentence where it does not answer."""
    scheme = "https" if os.environ.get("ATTUNE_CERTIFICATE") else "http"
    url = f"{scheme}://localhost:{os.environ.get('PORT', '8501')}{HEALTH}"
    # The certificate is made out to the name that people use, not to this machine's own.
    own = ssl._create_unverified_context() if scheme == "https" else None  # noqa: S323
    try:
        with urllib.request.urlopen(url, timeout=8, context=own) as reply:  # noqa: S310, our own
            if reply.status == 200:
                return
            said = f"answers {reply.status}"
    except (urllib.error.URLError, OSError) as error:
        said = f"does not answer: {error}"
    sys.exit(f"{url} {said}")


if __name__ == "__main__":
    main()
