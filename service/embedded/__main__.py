"""python -m service.embedded run | forget."""

import signal
import sys

# Nothing runs yet that would have to be stopped in order, so that Ctrl-C may end the imports without a word.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from service.embedded.command import main  # noqa: E402

sys.exit(main(sys.argv[1]))
