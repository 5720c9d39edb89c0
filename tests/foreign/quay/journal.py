"""One row of the journal for each deed; Django's own signals bring sign-in, sign-out and failed sign-in."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from quay.models import Journal, Sailor


def write(request, deed, thing, *, who=None, harbour=None, good=True):
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    Journal.objects.create(
        harbour_id=harbour or (user.harbour_id if signed_in else None),
        who=who or user.get_username(),
        deed=deed,
        thing=thing,
        address=request.META["REMOTE_ADDR"],
        agent=request.META.get("HTTP_USER_AGENT", "")[:200],
        request=request.id,
        good=good,
    )


@receiver(user_logged_in)
def signed_in(request, user, **_):
    write(request, "came aboard", user.get_username(), who=user.get_username(), harbour=user.harbour_id)


@receiver(user_logged_out)
def signed_out(request, user, **_):
    if user is not None:
        write(request, "went ashore", user.get_username(), who=user.get_username(), harbour=user.harbour_id)


@receiver(user_login_failed)
def refused(credentials, request, **_):
    name = str(credentials.get("username", ""))[:150]
    known = Sailor.objects.filter(username=name).first()
    write(request, "was refused", name, who=name or "nobody", harbour=known and known.harbour_id, good=False)
