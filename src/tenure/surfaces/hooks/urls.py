"""The addresses that are given to providers (R-Y-036: Alipay has a second one)."""

from django.urls import path

from tenure.surfaces.hooks.views import hear

app_name = "hooks"
urlpatterns = [
    path("alipay/gateway", hear, {"provider": "alipay"}, name="alipay-gateway"),
    path("<slug:provider>", hear, name="provider"),
]
