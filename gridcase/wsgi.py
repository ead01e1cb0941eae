"""What gunicorn serves: `gunicorn gridcase.wsgi:app`."""

from gridcase.app import create_app

app = create_app()
