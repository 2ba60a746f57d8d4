"""What keeps a run going: pictures of a step or two, and the credential of the run stays."""

import os

import schemathesis

FEW_STEPS = 2


@schemathesis.hook
def before_call(context, case, **kwargs):
    body = case.body
    if isinstance(body, dict) and "prompt" in body:
        steps = body.get("steps")
        # what is out of range stays so and has to be refused
        if steps is None or (type(steps) is int and FEW_STEPS < steps <= 150):
            case.body = {**body, "steps": FEW_STEPS}
    if case.method == "DELETE" and case.operation.path == "/api/v1/keys/{id}":
        if (case.path_parameters or {}).get("id") == os.environ["BOX_KEY_ID"]:
            case.path_parameters["id"] = "00000000"
