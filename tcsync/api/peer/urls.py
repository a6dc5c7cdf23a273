"""Addresses of the peer API."""

from django.urls import path

from tcsync.api.peer import views

urlpatterns = [
    path("handshake", views.handshake, name="peer-handshake"),
    path("snapshot", views.snapshot, name="peer-snapshot"),
    path("records", views.records, name="peer-records"),
    path("uses", views.uses, name="peer-uses"),
    path("changes", views.changes, name="peer-changes"),
    path("packs", views.packs, name="peer-packs"),
    path("chronicles", views.chronicles, name="peer-chronicles"),
    path("walk", views.walk, name="peer-walk"),
    path("artifacts", views.artifacts, name="peer-artifacts"),
]
