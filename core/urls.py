"""Pages that belong to no app."""

from django.urls import path

from core import help as help_pages
from core import views

app_name = "core"
urlpatterns = [
    path("help/keys/", help_pages.keys_page, name="help-keys"),
    path("leave/", views.leave, name="leave"),
]
