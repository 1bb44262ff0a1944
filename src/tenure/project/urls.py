"""Where each surface is mounted."""

from django.urls import URLPattern, URLResolver, include, path

from tenure.surfaces.api import problems
from tenure.surfaces.api.v1 import api
from tenure.surfaces.api.vitals import views as vitals

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include("tenure.surfaces.api.events.urls")),
    path("livez", vitals.livez),
    path("readyz", vitals.readyz),
    path("metrics", vitals.metrics),
    path("problems/<slug:kind>", problems.page, name="problem"),
    path("api/v1/", api.urls),
    path("hooks/", include("tenure.surfaces.hooks.urls")),
    path("", include("tenure.surfaces.portal.urls")),
    path("", include("tenure.surfaces.console.urls")),
]
