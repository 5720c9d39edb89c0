"""What people of a harbour do. The harbour comes from the session, never from the request."""

import json

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from quay import journal
from quay.models import Booking, Sailor


@require_safe
def home(request):
    return HttpResponse("Quay")


@require_safe
@login_required
def me(request):
    user = request.user
    return JsonResponse(
        {"name": user.get_username(), "harbour": user.harbour_id, "csrfmiddlewaretoken": get_token(request)}
    )


@require_http_methods(["GET", "POST"])
@login_required
@transaction.atomic
def bookings(request):
    own = Booking.objects.filter(harbour=request.user.harbour)
    if request.method == "GET":
        return JsonResponse({"bookings": [{"no": str(one.no), "ship": one.ship} for one in own]})
    made = Booking.objects.create(harbour=request.user.harbour, ship=str(json.loads(request.body)["ship"])[:120])
    journal.write(request, "booked", str(made.no))
    return JsonResponse({"no": str(made.no)}, status=201)


@require_http_methods(["GET", "DELETE"])
@login_required
@transaction.atomic
def booking(request, booking_no):
    found = get_object_or_404(Booking, no=booking_no, harbour=request.user.harbour)
    if request.method == "GET":
        journal.write(request, "looked up", str(found.no))
        return JsonResponse({"no": str(found.no), "ship": found.ship})
    journal.write(request, "cancelled", str(found.no))
    found.delete()
    return HttpResponse(status=204)


@require_safe
@login_required
def crew(request):
    own = Sailor.objects.filter(harbour=request.user.harbour).order_by("username")
    return JsonResponse({"crew": [{"name": one.username, "duty": one.duty} for one in own]})


@require_safe
@login_required
def member(request, sailor):
    found = get_object_or_404(Sailor, username=sailor, harbour=request.user.harbour)
    return JsonResponse({"name": found.username, "duty": found.duty})
