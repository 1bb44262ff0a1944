"""Where the links in messages lead."""

from django.urls import path

from tenure.surfaces.portal import views

app_name = "portal"
urlpatterns = [path("unsubscribe/<str:token>", views.unsubscribe, name="unsubscribe")]
