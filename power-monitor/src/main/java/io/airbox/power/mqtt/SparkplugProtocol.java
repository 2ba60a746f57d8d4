package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Reading;
import io.airbox.power.Unit;
import io.airbox.power.outbox.OutboxRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.tahu.SparkplugInvalidTypeException;
import org.eclipse.tahu.message.SparkplugBPayloadDecoder;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.Metric.MetricBuilder;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.PropertyDataType;
import org.eclipse.tahu.message.model.PropertySet.PropertySetBuilder;
import org.eclipse.tahu.message.model.PropertyValue;
import org.eclipse.tahu.message.model.SparkplugBPayload;
import org.eclipse.tahu.message.model.SparkplugBPayload.SparkplugBPayloadBuilder;
import org.jspecify.annotations.Nullable;

/** A box as a Sparkplug B 3.0 edge node without devices; the site is its group. */
final class SparkplugProtocol implements Protocol {
  private static final String REBIRTH = "Node Control/Rebirth";
  private static final String BD_SEQ = "bdSeq";
  private static final String READINGS = "Readings/";
  private static final String EVENT = "Events/Alarm";
  private static final String INSTANCE = "Properties/Instance";
  private static final int SEQ_ROUND = 256;

  private final MqttSettings settings;
  private final Rivals rivals;
  private final BoxView view;
  private final BirthCount births;
  private final InstantSource clock;
  private final Map<String, Long> aliases = new LinkedHashMap<>();
  private final Map<String, Object> told = new HashMap<>();
  private long bdSeq;
  private long seq;
  private boolean born;
  private boolean ends;
  private long hostAt;

  /** A metric's value of now; null while unknown. */
  private record Value(MetricDataType type, @Nullable Object value, Optional<Unit> unit) {}

  SparkplugProtocol(
      MqttSettings settings, Rivals rivals, BoxView view, BirthCount births, InstantSource clock) {
    this.settings = settings;
    this.rivals = rivals;
    this.view = view;
    this.births = births;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "sparkplug";
  }

  private String topic(String type) {
    return "spBv1.0/" + settings.site() + "/" + type + "/" + settings.box();
  }

  private Optional<String> stateTopic() {
    return settings.primaryHost().map(host -> "spBv1.0/STATE/" + host);
  }

  @Override
  public Packet will() throws IOException {
    bdSeq = births.next();
    born = false;
    ends = false;
    return death();
  }

  private Packet death() {
    SparkplugBPayloadBuilder payload =
        new SparkplugBPayloadBuilder()
            .setTimestamp(now())
            .addMetric(present(new MetricBuilder(BD_SEQ, MetricDataType.Int64, bdSeq)));
    return new Packet(topic("NDEATH"), bytes(payload.createPayload(), false), 1, false);
  }

  @Override
  public List<String> topics() {
    List<String> topics = new ArrayList<>();
    topics.add(topic("NCMD"));
    topics.add(topic("NBIRTH")); // nobody else should be born under this name
    stateTopic().ifPresent(topics::add);
    return topics;
  }

  @Override
  public List<Packet> connected() {
    return settings.primaryHost().isEmpty() ? List.of(birth()) : List.of();
  }

  @Override
  public boolean speaks() {
    return born && !ends;
  }

  private Packet birth() {
    Map<String, Value> values = values(view.now());
    aliases.clear();
    told.clear();
    SparkplugBPayloadBuilder payload = new SparkplugBPayloadBuilder().setTimestamp(now());
    payload.addMetric(present(new MetricBuilder(BD_SEQ, MetricDataType.Int64, bdSeq)));
    payload.addMetric(present(new MetricBuilder(REBIRTH, MetricDataType.Boolean, false)));
    long alias = 1;
    for (Map.Entry<String, Value> each : values.entrySet()) {
      aliases.put(each.getKey(), alias);
      Value value = each.getValue();
      MetricBuilder builder =
          new MetricBuilder(each.getKey(), value.type(), value.value()).alias(alias++);
      value.unit().ifPresent(unit -> builder.properties(unit(unit)));
      payload.addMetric(present(builder));
      if (value.value() != null) {
        told.put(each.getKey(), value.value());
      }
    }
    seq = 0;
    payload.setSeq(seq);
    born = true;
    return new Packet(topic("NBIRTH"), bytes(payload.createPayload(), false), 0, false);
  }

  private static org.eclipse.tahu.message.model.PropertySet unit(Unit unit) {
    try {
      return new PropertySetBuilder()
          .addProperty("engUnit", new PropertyValue<>(PropertyDataType.String, unit.id()))
          .createPropertySet();
    } catch (SparkplugInvalidTypeException e) {
      throw new IllegalStateException("a text is a text", e);
    }
  }

  private Map<String, Value> values(BoxState box) {
    Map<String, Value> values = new LinkedHashMap<>();
    text(values, INSTANCE, rivals.instance());
    text(values, "Properties/Name", box.name());
    text(values, "Properties/Software", box.software());
    text(values, "Properties/Address", box.address().orElse(""));
    text(values, "Heat/State", box.heat().state().id());
    text(values, "Heat/Reason", box.heat().reason());
    count(values, "Jobs/Running", box.jobsRunning());
    count(values, "Jobs/Waiting", box.jobsWaiting());
    count(values, "Alarms/Active", box.alarms().size());
    values.put(
        "Energy",
        new Value(
            MetricDataType.Double,
            box.joules().isPresent() ? box.joules().getAsDouble() : null,
            Optional.of(Unit.JOULES)));
    values.put(EVENT, new Value(MetricDataType.String, null, Optional.empty()));
    box.packs().forEach(pack -> text(values, "Packs/" + pack.name(), pack.version()));
    box.sample().stream()
        .flatMap(sample -> sample.readings().stream())
        .forEach(reading -> values.put(READINGS + reading.id(), value(reading)));
    return values;
  }

  private static Value value(Reading reading) {
    return new Value(
        MetricDataType.Double,
        reading.value().isPresent() ? reading.value().getAsDouble() : null,
        Optional.of(reading.unit()));
  }

  private static void text(Map<String, Value> values, String name, String text) {
    values.put(name, new Value(MetricDataType.String, text, Optional.empty()));
  }

  private static void count(Map<String, Value> values, String name, int count) {
    values.put(name, new Value(MetricDataType.Int32, count, Optional.of(Unit.COUNT)));
  }

  @Override
  public List<Packet> state() {
    Map<String, Value> values = values(view.now());
    if (!aliases.keySet().containsAll(values.keySet())) {
      return List.of(birth()); // what was never announced may not be told
    }
    List<Metric> changed = new ArrayList<>();
    for (Map.Entry<String, Long> each : aliases.entrySet()) {
      Value value = values.get(each.getKey());
      Object now = value == null ? null : value.value();
      if (each.getKey().equals(EVENT) || Objects.equals(now, told.get(each.getKey()))) {
        continue;
      }
      if (now == null) {
        told.remove(each.getKey());
      } else {
        told.put(each.getKey(), now);
      }
      MetricDataType type = value == null ? MetricDataType.Double : value.type();
      changed.add(present(new MetricBuilder(each.getValue(), type, now)));
    }
    return changed.isEmpty() ? List.of() : List.of(data(changed));
  }

  private Packet data(List<Metric> metrics) {
    seq = (seq + 1) % SEQ_ROUND;
    SparkplugBPayload payload =
        new SparkplugBPayloadBuilder(seq).setTimestamp(now()).addMetrics(metrics).createPayload();
    return new Packet(topic("NDATA"), bytes(payload, true), 0, false);
  }

  @Override
  public List<Packet> packets(OutboxRecord record, boolean late) {
    if (record.kind().equals(JsonProtocol.ALARM)) {
      Long alias = aliases.get(EVENT);
      if (alias == null) {
        return List.of();
      }
      String text = new String(record.content(), StandardCharsets.UTF_8);
      MetricBuilder event = new MetricBuilder(alias, MetricDataType.String, text);
      return List.of(data(List.of(past(event, record, late))));
    }
    if (!late || record.kind().equals(JsonProtocol.OUTCOME)) {
      return List.of(); // told when it was measured; outcomes are for plain JSON
    }
    List<Metric> metrics = new ArrayList<>();
    JsonNode readings =
        Documents.object(record.content()).map(each -> each.path("readings")).orElse(null);
    if (readings != null) {
      Iterator<String> names = readings.fieldNames();
      while (names.hasNext()) {
        String name = names.next();
        Long alias = aliases.get(READINGS + name);
        if (alias != null) {
          double mean = readings.path(name).path("mean").doubleValue();
          metrics.add(past(new MetricBuilder(alias, MetricDataType.Double, mean), record, true));
        }
      }
    }
    return metrics.isEmpty() ? List.of() : List.of(data(metrics));
  }

  private Metric present(MetricBuilder builder) {
    return metric(builder.timestamp(now()));
  }

  private static Metric past(MetricBuilder builder, OutboxRecord record, boolean late) {
    return metric(builder.timestamp(Date.from(record.at())).isHistorical(late));
  }

  @Override
  public List<Packet> received(String topic, byte[] payload, boolean retained) {
    if (stateTopic().filter(topic::equals).isPresent()) {
      return host(payload);
    }
    if (topic.equals(topic("NBIRTH"))) {
      return rivals.heard(instance(payload)) && born ? List.of(birth()) : List.of();
    }
    return born && !retained && asksForBirth(payload) ? List.of(birth()) : List.of();
  }

  private List<Packet> host(byte[] payload) {
    ObjectNode state = Documents.object(payload).orElse(null);
    if (state == null || !state.path("online").isBoolean() || !state.path("timestamp").isNumber()) {
      return List.of();
    }
    long at = state.path("timestamp").longValue();
    if (at < hostAt) {
      return List.of(); // a Will that came late
    }
    hostAt = at;
    if (!state.path("online").booleanValue()) {
      ends = born;
      return List.of();
    }
    return born ? List.of() : List.of(birth());
  }

  private static boolean asksForBirth(byte[] payload) {
    return metrics(payload).stream()
        .anyMatch(
            metric -> REBIRTH.equals(metric.getName()) && Boolean.TRUE.equals(metric.getValue()));
  }

  /** Of whoever was born; other software tells none. */
  private static String instance(byte[] birth) {
    return metrics(birth).stream()
        .filter(metric -> INSTANCE.equals(metric.getName()))
        .map(metric -> String.valueOf(metric.getValue()))
        .findFirst()
        .orElse("unknown");
  }

  private static List<Metric> metrics(byte[] payload) {
    try {
      return new SparkplugBPayloadDecoder().buildFromByteArray(payload, null).getMetrics();
    } catch (Exception e) { // what Tahu's decoder throws for garbage is not told by its type
      return List.of();
    }
  }

  @Override
  public boolean ends() {
    return ends;
  }

  @Override
  public List<Packet> farewell() {
    return born ? List.of(death()) : List.of();
  }

  private Date now() {
    return Date.from(clock.instant());
  }

  private static Metric metric(MetricBuilder builder) {
    try {
      return builder.createMetric();
    } catch (SparkplugInvalidTypeException e) {
      throw new IllegalStateException("a metric's type is that of its value", e);
    }
  }

  private static byte[] bytes(SparkplugBPayload payload, boolean stripTypes) {
    try {
      return new SparkplugBPayloadEncoder().getBytes(payload, stripTypes);
    } catch (IOException e) {
      throw new IllegalStateException("memory takes every byte", e);
    }
  }
}
