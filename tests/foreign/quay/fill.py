"""Two harbours with people and bookings. Reads `{name: [harbour, duty, password]}` from standard input."""

import json
import os
import sys

import django


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "quay.settings"
    django.setup()
    from quay.models import Booking, Harbour, Sailor

    for name, (harbour, duty, password) in json.load(sys.stdin).items():
        place, _ = Harbour.objects.get_or_create(name=harbour)
        Sailor.objects.create_user(name, email=name, password=password, harbour=place, duty=duty)
    for place in Harbour.objects.all():
        for number in (1, 2):
            Booking.objects.create(harbour=place, ship=f"ship {number} of {place.name}")


if __name__ == "__main__":
    main()
