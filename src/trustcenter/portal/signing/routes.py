"""Routes of signing in and out, of proving again who one is, and of a person's sessions."""

from __future__ import annotations

from trustcenter.portal.signing import sign_in, step_up
from trustcenter.runtime.routes import ANY_STAGE, EVERYBODY, SIGNED_IN, Route

ROUTES = (
    Route("GET", "/sign-in", EVERYBODY, "show_sign_in", sign_in.show_sign_in),
    Route("POST", "/sign-in", EVERYBODY, "sign_in", sign_in.sign_in),
    Route("POST", "/sign-out", SIGNED_IN, "sign_out", sign_in.sign_out, ANY_STAGE),
    Route("GET", "/step-up", SIGNED_IN, "show_step_up", step_up.show_step_up),
    Route("POST", "/step-up", SIGNED_IN, "step_up", step_up.step_up, privileged=True),
    Route("POST", "/api/step-up", SIGNED_IN, "api_step_up", step_up.api_step_up, privileged=True),
)
