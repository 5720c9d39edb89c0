"""Every route of the service."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from quay import views

urlpatterns = [
    path("", views.home),
    path("sign-in", LoginView.as_view()),
    path("sign-out", LogoutView.as_view()),
    path("me", views.me),
    path("bookings", views.bookings),
    path("bookings/<uuid:booking_no>", views.booking),
    path("crew", views.crew),
    path("crew/<str:sailor>", views.member),
]
