"""Undo: what a person may still take back, and how."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.ids import new_id


class UndoEntry(models.Model):
    """One thing done that its doer may take back until `expires_at`; used once."""

    token = models.UUIDField(default=new_id, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=32)  # names the operation that takes it back
    data = models.JSONField(default=dict)
    label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="undo_oldest")]
