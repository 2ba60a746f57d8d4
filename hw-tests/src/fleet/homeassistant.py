"""Renders a discovered device's templates as Home Assistant does, with Jinja2, and prints what each makes of a state.

usage: homeassistant.py < {"device": …, "state": …}
"""

import json
import sys

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

told = json.load(sys.stdin)
device, state = told["device"], told["state"]
# stricter than Home Assistant, which takes what is not there as nothing and grumbles in its log
environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)


def render(template):
    return environment.from_string(template).render(value=json.dumps(state), value_json=state).strip()


json.dump(
    {
        "availability": render(device["avty_tpl"]),
        "components": {key: render(each["val_tpl"]) for key, each in device["cmps"].items()},
    },
    sys.stdout,
)
