"""Where the customers' pages are. Links in messages lead to the first ones, without a login."""

from django.urls import path

from tenure.surfaces.portal.cancelling import public, visits
from tenure.surfaces.portal.views import (
    account,
    coming_in,
    home,
    own_data,
    preferences,
    unsubscribing,
)

app_name = "portal"
urlpatterns = [
    path("unsubscribe/<str:token>", unsubscribing.unsubscribe, name="unsubscribe"),
    path("renew/<str:token>", coming_in.by_link, {"purpose": "renew"}, name="renew-link"),
    path("cancel/<str:token>", coming_in.by_link, {"purpose": "cancel"}, name="cancel-link"),
    path("preferences/<str:token>", coming_in.by_link, {"purpose": "unsubscribe"}, name="wishes"),
    path("copy/<str:public_id>", own_data.copy, name="copy"),
    path("erased/<str:public_id>", own_data.certificate, name="certificate"),
    path("my/preferences", preferences.preferences, name="preferences"),
    path("my/tags/delete", preferences.delete_tag, name="delete-tag"),
    path("my/data", own_data.own_data, name="own-data"),
    path("my/data/copy", own_data.ask, name="ask-copy"),
    path("my/data/erasure", own_data.erasure, name="erasure"),
    path("my", home.home, name="home"),
    path("my/account", account.account, name="account"),
    path("my/sign-in", coming_in.sign_in, name="sign-in"),
    path("my/sign-in/<str:ticket>", coming_in.code, name="code"),
    path("my/sign-out", coming_in.sign_out, name="sign-out"),
    path("my/sign-out-everywhere", coming_in.sign_out_everywhere, name="sign-out-everywhere"),
    path("my/auto-renewal/off", home.auto_renewal_off, name="auto-renewal-off"),
    path("my/cancel", visits.leave, name="leave"),
    path("my/cancel/start", visits.start, name="cancel-start"),
    path("my/cancel/undo", visits.undo, name="undo-cancel"),
    path("my/cancel/<str:public_id>", visits.visit, name="visit"),
    path("my/cancel/<str:public_id>/confirm", visits.confirm, name="cancel-confirm"),
    path("my/cancel/<str:public_id>/accept", visits.accept, name="cancel-accept"),
    path("my/cancel/<str:public_id>/keep", visits.keep, name="cancel-keep"),
    path("my/cancel/<str:public_id>/reason", visits.reason, name="cancel-reason"),
    path("kuendigen", public.terminate, name="cancel"),
    path("withdraw", public.withdraw, name="withdraw"),
    path("declared/<str:public_id>", public.received, name="declared"),
    path("declared/<str:public_id>/file", public.download, name="declaration"),
]
