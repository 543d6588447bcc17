"""Pages that belong to no app."""

from django.urls import path

from core import help as help_pages

app_name = "core"
urlpatterns = [
    path("help/keys/", help_pages.keys_page, name="help-keys"),
]
