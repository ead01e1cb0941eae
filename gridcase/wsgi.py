"""What gunicorn serves: `gunicorn gridcase.wsgi:app`."""

import gc

from gridcase.app import create_app

app = create_app()

# What stands now stays as long as the worker: no request waits while it is looked through for garbage.
gc.collect()
gc.freeze()
