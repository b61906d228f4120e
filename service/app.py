"""Wiring: the parts become one Flask application. A newcomer starts reading here."""

from flask import Flask
from flask_migrate import Migrate

from service import cli, clock, health, http, logs
from service.accounts import api as accounts
from service.accounts import tasks as accounts_tasks  # noqa: F401 - registers its tasks
from service.audit import models as audit_models  # noqa: F401 - its tables
from service.casework import api as casework
from service.casework import tasks as casework_tasks  # noqa: F401
from service.classifier import operations as classifier
from service.complaints import api as complaints
from service.complaints import tasks as complaints_tasks  # noqa: F401
from service.config import ROOT, Config
from service.db import db
from service.deadlines import api as deadlines
from service.deadlines import calendar
from service.directory import api as directory
from service.documentation import blp as documentation
from service.insight import api as insight
from service.insight import tasks as insight_tasks  # noqa: F401
from service.intake import api as intake
from service.intake import tasks as intake_tasks  # noqa: F401
from service.jobs import tasks as jobs_tasks  # noqa: F401
from service.learning import tasks as learning_tasks  # noqa: F401
from service.notices import api as notices
from service.notices import tasks as notices_tasks  # noqa: F401
from service.web import site

OPENAPI = {
    "API_TITLE": "企声通",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}, {}],
    },
}


def create_app(config: Config | None = None) -> Flask:
    """A Flask application for one process. No connection is opened here: gunicorn forks afterwards."""
    config = config or Config.from_environment()
    logs.configure()
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.from_mapping(
        OPENAPI,
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}},
        REDIS_URL=config.redis_url,
        QUEUE=config.queue,
        VAR=config.var,
        DATA=config.data,
        SMS_GATEWAY_URL=config.sms_gateway_url,
        SMS_GATEWAY_SECRET=config.sms_gateway_secret,
        WEBHOOK_ALLOW_PRIVATE=config.webhook_allow_private,
        TELEPHONE_SECRET=config.telephone_secret,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "service" / "migrations").replace("%", "%%"))
    http.register(app)
    _register_views(app)
    cli.register(app)
    return app


def _register_views(app: Flask) -> None:
    api = http.Api(app)
    for room in (intake, complaints, casework, notices, directory, accounts, deadlines, insight):
        api.register_blueprint(room.blp)
    app.register_blueprint(health.blp)
    app.register_blueprint(documentation)
    site.register(app)


def warm(app: Flask) -> None:
    """Load what every request needs, so that forked processes share it."""
    with app.app_context():
        classifier.load()
        year = clock.local(clock.now()).year
        for known in (year, year + 1):
            calendar.load(known)
