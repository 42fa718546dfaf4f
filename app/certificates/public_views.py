"""What anybody may see without an account: one certificate today, the register, the check of a number."""

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.certificates import register as the_register
from app.certificates.forms import ListForm, NumberForm
from app.certificates.number import read_number
from app.certificates.register import IN_REGISTER, Finding, Wanted, look_up, public_answer, public_state
from app.certificates.views import certificates, pdf_of
from app.certificates.words import public_reason
from app.errors import NotFound
from app.formats import today_in_poland
from app.limits import public_search
from app.web import now, public

STATUS = {Finding.FOUND: 200, Finding.UNKNOWN: 404, Finding.MISTYPED: 422}


@certificates.get("/c/<number>")
@certificates.get("/C/<number>")
@public
@public_search
def check(number: str) -> tuple[str, int]:
    """What the certificate with this number is today. A mistyped and an unknown number are answers of their own."""
    answer = look_up(number)
    today = today_in_poland()
    if answer.certificate is None:
        form = NumberForm(data={"number": answer.number})
        return render_template(f"certificates/{answer.finding}.html", number=answer.number, form=form), STATUS[
            answer.finding
        ]
    page = render_template(
        "certificates/check.html",
        certificate=answer.certificate,
        state=public_state(answer.certificate, today).value,
        events=the_register.events(answer.certificate),
        public_reason=public_reason,
        as_of=now(),
    )
    return page, 200


@certificates.get("/c/<number>/certificate.pdf")
@public
@public_search
def public_download(number: str) -> Response:
    """The certificate as printed, for anybody."""
    certificate = look_up(number).certificate
    if certificate is None:
        raise NotFound(_("There is no such certificate."))
    return pdf_of(certificate)


@certificates.get("/api/c/<number>")
@public
@public_search
def check_json(number: str) -> Response:
    """The same answer as plain values, for other sites' scripts too."""
    answer = public_answer(number, today_in_poland())
    status = {"mistyped": 422, "unknown": 404}.get(answer["state"], 200)
    response = make_response(jsonify(answer), status)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response


@certificates.get("/verify-certificate")
@public
@public_search
def verify() -> str | Response | tuple[str, int]:
    """A number typed or scanned leads to its page."""
    form = NumberForm(request.args)
    if "number" not in request.args:
        return render_template("certificates/verify.html", form=form)
    typed = form.number.data or ""
    if form.validate() and (read := read_number(typed)):
        return redirect(url_for("certificates.check", number=read.text))
    if typed.strip():
        form.number.errors = [_("There is a mistake in this number. Compare it with the certificate, sign by sign.")]
    return render_template("certificates/verify.html", form=form), 422


@certificates.get("/register")
@public
@public_search
def register() -> str:
    """Every certificate in the register, found by holder, town, product or number."""
    wanted = Wanted(request.args.get("q", ""), request.args.get("state", ""))
    today = today_in_poland()
    page = the_register.page(IN_REGISTER, wanted, today, request.args.get("after", ""))
    return render_template(
        "register/index.html",
        page=page,
        form=ListForm(request.args),
        wanted=wanted,
        state_today=lambda certificate: public_state(certificate, today).value,
    )
