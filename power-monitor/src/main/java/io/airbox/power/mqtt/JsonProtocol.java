package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Ticker;
import io.airbox.power.outbox.OutboxRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code airbox/v1/SITE/BOX/…}, and Home Assistant's discovery of it. */
final class JsonProtocol implements Protocol {
  static final String TELEMETRY = "telemetry";
  static final String ALARM = "alarm";
  static final String OUTCOME = "outcome";

  private static final Map<String, String> TOPICS =
      Map.of(TELEMETRY, "telemetry", ALARM, "event", OUTCOME, "ota");

  private static final int MOST_COMMAND_BYTES = 8192;
  private static final long COMMAND_EVERY = Duration.ofSeconds(1).toNanos();

  private final MqttSettings settings;
  private final Rivals rivals;
  private final BoxView view;
  private final Commands commands;
  private final SignedCommands signed;
  private final Ticker ticker;
  private final InstantSource clock;
  private final String base;
  private final boolean discovered;
  private final Map<String, String> components = new TreeMap<>();
  private String announced = "";
  private long commandAt;
  private boolean commanded;

  JsonProtocol(
      MqttSettings settings,
      Rivals rivals,
      BoxView view,
      Commands commands,
      SignedCommands signed,
      Ticker ticker,
      InstantSource clock) {
    this.settings = settings;
    this.rivals = rivals;
    this.view = view;
    this.commands = commands;
    this.signed = signed;
    this.ticker = ticker;
    this.clock = clock;
    base = "airbox/v1/" + settings.site() + "/" + settings.box() + "/";
    discovered = settings.layouts().contains(Layout.HOMEASSISTANT);
  }

  @Override
  public String name() {
    return "json";
  }

  @Override
  public Packet will() {
    return state(Documents.offline(settings, rivals.instance(), "lost"));
  }

  private Packet state(ObjectNode document) {
    return new Packet(base + "state", Documents.bytes(document), 1, true);
  }

  @Override
  public List<String> topics() {
    return List.of(base + "cmd/+", base + "instance");
  }

  @Override
  public List<Packet> connected() {
    announced = "";
    return List.of(instance());
  }

  private Packet instance() {
    return new Packet(
        base + "instance", rivals.instance().getBytes(StandardCharsets.UTF_8), 1, false);
  }

  @Override
  public boolean speaks() {
    return true;
  }

  @Override
  public List<Packet> state() {
    BoxState box = view.now();
    List<Packet> packets = new ArrayList<>();
    if (discovered && box.sample().isPresent()) {
      byte[] device =
          Documents.bytes(HomeAssistant.device(settings, base + "state", box, components));
      String text = new String(device, StandardCharsets.UTF_8);
      if (!text.equals(announced)) {
        announced = text;
        packets.add(new Packet(HomeAssistant.topic(settings), device, 1, true));
      }
    }
    packets.add(state(Documents.state(settings, rivals.instance(), clock.instant(), box)));
    return packets;
  }

  @Override
  public List<Packet> packets(OutboxRecord record, boolean late) {
    Optional<ObjectNode> document = Documents.object(record.content());
    if (document.isEmpty()) {
      return List.of();
    }
    ObjectNode told =
        document.get().put("site", settings.site()).put("box", settings.box()).put("late", late);
    String topic = TOPICS.getOrDefault(record.kind(), "event");
    return List.of(new Packet(base + topic, Documents.bytes(told), 1, false));
  }

  @Override
  public List<Packet> received(String topic, byte[] payload, boolean retained) {
    if (topic.equals(base + "instance")) {
      boolean unknown = !retained && rivals.heard(new String(payload, StandardCharsets.UTF_8));
      return unknown ? List.of(instance()) : List.of();
    }
    String verb = topic.substring(Math.min(topic.length(), base.length() + "cmd/".length()));
    if (retained || payload.length > MOST_COMMAND_BYTES) {
      return List.of(); // an order that stands for ever is none
    }
    return command(verb, payload);
  }

  private List<Packet> command(String name, byte[] payload) {
    ObjectNode request =
        payload.length == 0
            ? Documents.JSON.createObjectNode()
            : Documents.object(payload).orElse(null);
    ObjectNode reply = Documents.JSON.createObjectNode();
    List<Packet> packets = new ArrayList<>();
    try {
      if (request == null) {
        throw new Commands.RefusedException("the request is not a JSON object");
      }
      if (request.path("id").isValueNode()) {
        reply.set("id", request.get("id"));
      }
      Commands.Verb verb =
          Commands.Verb.of(name)
              .orElseThrow(() -> new Commands.RefusedException("there is no such command"));
      if (commanded && ticker.nanos() - commandAt < COMMAND_EVERY) {
        throw new Commands.RefusedException("one command a second, please");
      }
      commanded = true;
      commandAt = ticker.nanos();
      ObjectNode order =
          verb.signed() ? signed.check(verb, request) : Documents.JSON.createObjectNode();
      reply.put("ok", true);
      reply.setAll(commands.run(verb, order));
      if (verb == Commands.Verb.SAMPLE_NOW) {
        packets.addAll(state());
      }
    } catch (Commands.RefusedException e) {
      reply.put("ok", false).put("reason", e.getMessage());
    }
    packets.add(new Packet(base + "cmd/" + name + "/reply", Documents.bytes(reply), 1, false));
    return packets;
  }

  @Override
  public boolean ends() {
    return false;
  }

  @Override
  public List<Packet> farewell() {
    return List.of(state(Documents.offline(settings, rivals.instance(), "stopped")));
  }
}
