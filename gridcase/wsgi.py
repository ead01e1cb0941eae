"""What gunicorn serves: `gunicorn --preload gridcase.wsgi:app`."""

import gc

from gridcase.app import create_app
from gridcase.core.db import db

app = create_app()

# The workers fork from here: no connection goes along with them.
with app.app_context():
    for engine in db.engines.values():
        engine.dispose()

# What stands now stays as long as the worker: no request waits while it is looked through for garbage, and what
# the workers share stays shared.
gc.collect()
gc.freeze()
