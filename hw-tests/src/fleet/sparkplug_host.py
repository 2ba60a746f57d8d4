"""Hears all edge nodes of a group through pysparkplug, which knows nothing of us, and prints each message as a line of JSON.

usage: sparkplug_host.py PORT GROUP

A line "rebirth NODE" on standard input asks that node for its birth.
"""

import json
import sys
import time

from paho.mqtt import client as mqtt
from pysparkplug import DataType, Message, Metric, NCmd, NDeath
from pysparkplug._protobuf import Payload  # for properties, which its own classes leave out

births = {}


def unit(raw):
    return {key: value.string_value for key, value in zip(raw.properties.keys, raw.properties.values)}.get("engUnit")


def metric(decoded, raw):
    return {
        "name": decoded.name,
        "alias": decoded.alias,
        "named": raw.HasField("name"),
        "type": decoded.datatype.name,
        "value": decoded.value,
        "null": decoded.is_null,
        "historical": decoded.is_historical,
        "timestamp": decoded.timestamp,
        "unit": unit(raw),
    }


def heard(client, userdata, message):
    kind, node = message.topic.split("/")[2:4]
    told = {"topic": message.topic, "kind": kind, "qos": message.qos, "retained": bool(message.retain)}
    try:
        decoded = Message.from_mqtt_message(message, birth=births.get(node) if kind == "NDATA" else None).payload
        if isinstance(decoded, NDeath):
            metrics = [decoded.bd_seq_metric]
        else:
            metrics = list(decoded.metrics)
            told["seq"] = decoded.seq
            told["timestamp"] = decoded.timestamp
        if kind == "NBIRTH":
            births[node] = decoded
        told["metrics"] = [metric(each, raw) for each, raw in zip(metrics, Payload.FromString(message.payload).metrics)]
    except Exception as e:  # whatever it does not like
        told["error"] = repr(e)
    print(json.dumps(told), flush=True)


def subscribed(client, userdata, mid, granted):
    print(json.dumps({"kind": "listening"}), flush=True)


def main(port, group):
    client = mqtt.Client(client_id="sparkplug-host")
    client.on_message = heard
    client.on_subscribe = subscribed
    client.connect("127.0.0.1", int(port))
    client.loop_start()
    client.subscribe([(f"spBv1.0/{group}/{kind}/+", 1) for kind in ("NBIRTH", "NDATA", "NDEATH")])
    for line in sys.stdin:
        node = line.split()[1]
        now = int(time.time() * 1000)
        order = Metric(timestamp=now, name="Node Control/Rebirth", datatype=DataType.BOOLEAN, value=True)
        command = NCmd(timestamp=now, metrics=(order,)).encode(include_dtypes=True)
        client.publish(f"spBv1.0/{group}/NCMD/{node}", command)


main(*sys.argv[1:])
