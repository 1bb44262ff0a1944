"""Signing in and out, and what the reader prefers to look at."""

from django.conf import settings
from django.contrib.auth import logout as sign_out
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from tenure.surfaces.console.context import SHORTCUTS_COOKIE, THEME_COOKIE
from tenure.surfaces.console.throttle import Throttle

YEAR_SECONDS = 365 * 24 * 3600


class Login(LoginView):
    """The sign-in page. Ten wrong passwords from one address close it for some minutes."""

    template_name = "console/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        throttle = Throttle.of(request)
        if throttle.is_closed:
            return self.render_to_response(
                self.get_context_data(form=self.get_form(), closed_minutes=throttle.minutes_left),
                status=429,
            )
        response = super().post(request, *args, **kwargs)
        if not isinstance(response, HttpResponseRedirect):
            throttle.count_failure()
        return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    sign_out(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark; without a word the other one than now."""
    now = request.COOKIES.get(THEME_COOKIE, "light")
    wanted = request.POST.get("theme") or ("light" if now == "dark" else "dark")
    response = _back(request)
    if wanted in {"light", "dark"}:
        response.set_cookie(THEME_COOKIE, wanted, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@require_POST
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Switch single-key shortcuts on or off."""
    wanted = "off" if request.POST.get("shortcuts") == "off" else "on"
    response = _back(request)
    response.set_cookie(SHORTCUTS_COOKIE, wanted, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the pages."""
    response = _back(request)
    wanted = request.POST.get("language", "")
    if check_for_language(wanted) and wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR_SECONDS, samesite="Lax"
        )
    return response


def is_ours(request: HttpRequest, target: str) -> bool:
    """Whether an address that came with a form leads nowhere else."""
    return url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "/")
    return HttpResponseRedirect(target if is_ours(request, target) else "/")
