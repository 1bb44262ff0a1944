"""The addresses that are given to providers (R-Y-036: Alipay has a second one).

Providers of text messages sign nothing: the secret at the end of their address proves them.
"""

from django.urls import path

from tenure.surfaces.hooks.views import hear, hear_channel

app_name = "hooks"
urlpatterns = [
    path("alipay/gateway", hear, {"provider": "alipay"}, name="alipay-gateway"),
    path("channels/<slug:provider>/<slug:token>", hear_channel, name="channel"),
    path("<slug:provider>", hear, name="provider"),
]
