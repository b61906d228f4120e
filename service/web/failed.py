"""The page that is left where every other one fails: it asks no database, no session, no template and no catalogue."""

from flask import Response
from markupsafe import Markup

PAGE = Markup("""<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>系统出了问题 · Something went wrong · 企声通</title>
</head>
<body>
<main>
<h1>系统出了问题，已经记录</h1>
<p>请稍后再试；如果着急，请拨打 12345 热线，并告诉话务员下面的编号。</p>
<p><a href="/">回到首页</a></p>
<div lang="en">
<h2>Something went wrong, and we know of it</h2>
<p>Please try again later; if it is urgent, call the hotline 12345 and tell them the number below.</p>
<p><a href="/">To the first page</a></p>
</div>
<p>请求编号 <span lang="en">Request number</span>: <code>{request_id}</code></p>
</main>
</body>
</html>
""")


def page(status: int, request_id: str) -> Response:
    """It, in both languages: whoever reads it was not asked which one."""
    return Response(PAGE.format(request_id=request_id), status)
