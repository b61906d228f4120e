"""The site: its pages, what every page needs, and how a page says that something went wrong."""

from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from service import clock, http
from service.clock import ZONE
from service.errors import NotSignedIn
from service.web import (
    account,
    admin,
    admin_calendars,
    admin_categories,
    admin_clocks,
    admin_departments,
    admin_gates,
    admin_notices,
    admin_replies,
    admin_settings,
    admin_users,
    assets,
    board,
    calling,
    cases,
    complaint,
    department,
    desks,
    dispatching,
    display,
    exports,
    failed,
    filing,
    hotspots,
    imports,
    inbox,
    inserts,
    knowledge,
    languages,
    letters,
    model_desk,
    notices,
    open_pages,
    papers,
    portal,
    progress,
    reorganisations,
    retaliation,
    revisits,
    routing_desk,
    signin,
    speech,
    styleguide,
    supervision,
    words,
    workflow,
)
from service.web.forms import Filled

log = structlog.get_logger()
PAGES = (
    assets, portal, open_pages, account, filing, progress, signin, calling, dispatching, department, complaint,
    supervision, letters, inbox, notices, retaliation, workflow, revisits, knowledge, cases, exports, imports,
    model_desk, routing_desk, reorganisations, hotspots, board, inserts, papers, display, styleguide, admin,
    admin_categories, admin_calendars, admin_departments, admin_clocks, admin_gates, admin_replies,
    admin_notices, admin_settings, admin_users,
)  # fmt: skip
# What may be kept for all, and what a page asks by itself: neither shows that somebody is still there.
UNHEARD = frozenset({"assets.built", "board.again", "hotline.ringing", "hotline.keep", "department.fresh"})
# What somebody may open whose password is still the one that an administrator set.
WITHOUT_OWN_PASSWORD = UNHEARD | {"signin.profile", "signin.change_password", "signin.sign_out"}
IDLE = 8 * 3600  # seconds until a session that nobody uses ends
MOVED_ON = timedelta(minutes=10)  # how far its end may lag behind its use
CSRF = CSRFProtect()

CONTENT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# The library behind /api/docs writes script and style into its page.
DOCUMENTATION = CONTENT.replace("script-src 'self'; style-src 'self'", "script-src 'self' 'unsafe-inline'; "
                                "style-src 'self' 'unsafe-inline'")  # fmt: skip
HEADERS = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
HTTPS_ONLY = "max-age=31536000"

# HTTP status → title and advice; where a problem brings its own sentence, that one is shown.
WRONG = {
    400: ("这次提交没有成功", "请返回上一页，刷新后再试。"),
    401: ("请先登录", "登录后再打开这个页面。"),
    403: ("您的岗位不能打开这个页面", "如果工作需要，请联系管理员开通。"),
    404: ("没有找到这个页面", "地址可能输错了，或者内容已经移走。请从首页重新进入。"),
    405: ("没有找到这个页面", "请从首页重新进入。"),
    409: ("情况刚刚有了变化", "请刷新页面，看看最新的情况。"),
    412: ("别人刚刚修改过", "请刷新页面，看看最新的情况再办理。"),
    413: ("提交的内容太大", "请减少或压缩附件后再提交。"),
    422: ("有内容需要修改", "请返回上一页，按提示修改。"),
    429: ("试得太频繁了", "请稍等一会儿再试。"),
    500: ("系统出了问题，已经记录", "请稍后再试；如果着急，请拨打 12345 热线，并告诉话务员下面的编号。"),
    503: ("系统暂时连不上", "内容没有保存，请稍后再试。"),
}
UNSAFE = "为了您的安全，这次提交没有处理：页面停留太久，或浏览器没有接受 Cookie。请返回上一页，刷新后再提交。"


class Sessions(SecureCookieSessionInterface):
    """Signed cookies that travel by https where the page did, and only with pages."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the browser may send the cookie back by https only."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As usual; but nothing asked beside a page ends a session: the browser may have begun another since."""
        if session or not _is_beside():
            super().save_session(app, session, response)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Never with what nobody asked for by hand, nor where sessions do not count.

        Whatever is answered after a form that overtook it would take back what that form left in the session, the query
        code of a call that was just logged among it: nothing asked beside a page moves the session on, and a page that
        is opened does so no more often than it must.
        """
        if request.endpoint in UNHEARD or not http.is_page():
            return False
        return session.modified or (session.permanent and _is_opened() and self._is_old(app))

    def _is_old(self, app: Flask) -> bool:
        """Whether the session that came with a request was moved on long ago."""
        signed = self.get_signing_serializer(app)
        assert signed is not None  # there is a secret key, or no session would have come
        _said, at = signed.loads(request.cookies[self.get_cookie_name(app)], return_timestamp=True)
        return bool(clock.now() - at > MOVED_ON)


def _is_opened() -> bool:
    """Whether somebody opens a page."""
    return request.method == "GET" and not _is_beside()


def _is_beside() -> bool:
    """Whether a script or a picture asks, beside the page that somebody sees."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Dest", "document") != "document"


def register(app: Flask) -> None:
    """Add the pages to an app."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=IDLE,
        BABEL_DEFAULT_TIMEZONE=str(ZONE),
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form that took an hour to fill in is as good as another; the token ends with the session.
        WTF_CSRF_TIME_LIMIT=None,
        # The strict check wants a Referer, which Referrer-Policy leaves out.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = Sessions()
    speech.register(app, languages.register(app))
    CSRF.init_app(app)
    http.login.session_protection = None  # the token in the session is what is checked
    http.login.request_loader(signin.who)
    _prepare_templates(app)
    app.before_request(_guard_forms)
    app.before_request(_own_password_first)
    app.after_request(_protect)
    app.extensions[http.ERROR_PAGE] = error_page
    app.extensions[http.TOLD] = speech.told
    app.register_error_handler(CSRFError, _unsafe)
    app.register_error_handler(NotSignedIn, _sign_in_first)
    for module in PAGES:
        app.register_blueprint(module.pages)


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals.update(asset=assets.url, icon=assets.icon, desks_of=desks.desks_of, Filled=Filled)
    app.jinja_env.globals.update(unread=inbox.counted, display=display.display, here=display.here)


def _guard_forms() -> None:
    """Only forms of ours may act. The API is left out: there no session counts, so no other site can borrow one."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest_body", http.LARGEST_BODY)
    if http.is_page():
        CSRF.protect()


def _own_password_first() -> Any:
    """Who signed in with a password that an administrator set does nothing before there is one of their own."""
    free = request.endpoint in WITHOUT_OWN_PASSWORD or request.blueprint == "display"
    if http.is_page() and not free and current_user.one_time:
        flash(_("请先把一次性密码改成自己的密码，再办别的事。"), "amber")
        return redirect(url_for("signin.profile"))
    return None


def _protect(response: Response) -> Response:
    documentation = request.path.startswith("/api/docs")
    response.headers.setdefault("Content-Security-Policy", DOCUMENTATION if documentation else CONTENT)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response


def error_page(status: int, message: str = "") -> Response:
    """What a person sees where something went wrong."""
    title, advice = WRONG.get(status, WRONG[500 if status >= 500 else 400])
    # Where the service itself is ill, asking the database who reads this may fail again.
    g.unasked = status >= 500
    request_id = g.get("request_id", "")
    try:
        # That the role is missing is what the title says already.
        more = "" if message == http.NO_ROLE else speech.told(message)
        told = {"title": _(title), "advice": more or _(advice), "request_id": request_id}
        return Response(render_template("error.html", status=status, **told), status)
    except Exception as error:
        # Whatever it is, it must not take this page along: it is the last one.
        if status < 500:
            raise
        log.error("error_page_failed", kind=type(error).__name__)
        return failed.page(status, request_id)


def _unsafe(_error: CSRFError) -> Any:
    return error_page(400, _(UNSAFE))


def _sign_in_first(problem: NotSignedIn) -> Any:
    """On a page, signing in comes first and the page after; under /api the caller is told."""
    if not http.is_page():
        return http.told(problem)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("signin.sign_in", next=wanted)
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("signin.sign_in")})
    return redirect(address)
