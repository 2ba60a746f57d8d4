"""What keeps a run going: few pictures of few steps, and the credential of the run stays."""

import os

import schemathesis

FEW = 1

# fields that say how much work there is, and the most that is allowed; what is above has to be refused and stays so
WORK = {"steps": 150, "count": 10, "n": 10}


@schemathesis.hook
def before_call(context, case, **kwargs):
    body = case.body
    if isinstance(body, dict) and "prompt" in body:
        less = {name: FEW for name, most in WORK.items() if type(body.get(name)) is int and FEW < body[name] <= most}
        if body.get("steps") is None:
            less["steps"] = FEW
        case.body = body | less
    if case.method == "DELETE" and case.operation.path == "/api/v1/keys/{id}":
        if (case.path_parameters or {}).get("id") == os.environ["BOX_KEY_ID"]:
            case.path_parameters["id"] = "00000000"
