"""Harbours are the tenants; sailors are Django's users with a harbour and a duty; the journal is the audit table."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class Harbour(models.Model):
    name = models.SlugField(primary_key=True)


class Sailor(AbstractUser):
    harbour = models.ForeignKey(Harbour, on_delete=models.PROTECT)
    duty = models.CharField(max_length=20, choices=[("master", "master"), ("mate", "mate"), ("hand", "hand")])


class Booking(models.Model):
    no = models.UUIDField(primary_key=True, default=uuid.uuid4)
    harbour = models.ForeignKey(Harbour, on_delete=models.PROTECT)
    ship = models.CharField(max_length=120)


class Journal(models.Model):
    moment = models.DateTimeField(auto_now_add=True)
    harbour = models.ForeignKey(Harbour, on_delete=models.PROTECT, null=True)
    who = models.CharField(max_length=150)
    deed = models.CharField(max_length=40)
    thing = models.CharField(max_length=150)
    address = models.GenericIPAddressField()
    agent = models.CharField(max_length=200)
    request = models.UUIDField()
    good = models.BooleanField()
