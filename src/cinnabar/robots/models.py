"""One row per sum that was handed in, so that none counts twice."""

from django.db import models


class Spent(models.Model):
    """A sum that was accepted; `id` is the signature it was given out with, in hexadecimal."""

    id = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)
