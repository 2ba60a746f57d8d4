package io.airbox.power.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.SetTicker;
import io.airbox.power.Unit;
import io.airbox.power.outbox.OutboxRecord;
import io.airbox.power.outbox.Priority;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.eclipse.tahu.protobuf.SparkplugBProto.DataType;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an edge node says and when, by the ids that Sparkplug 3.0's compatibility kit (TCK) gives
 * the specification's assertions; payloads are read field by field from the protobuf message.
 */
class SparkplugProtocolTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir private Path folder;
  private double celsius = 40;
  private boolean second;
  private SparkplugProtocol node;

  @BeforeEach
  void aNodeWithoutAPrimaryHost() {
    node = node(Optional.empty());
  }

  private SparkplugProtocol node(Optional<String> host) {
    MqttSettings settings =
        new MqttSettings(
            URI.create("tcp://127.0.0.1:1"),
            Set.of(Layout.SPARKPLUG),
            "lab",
            "one",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            host,
            "homeassistant");
    return new SparkplugProtocol(
        settings,
        new Rivals(settings, "0123456789", new SetTicker(0)),
        this::state,
        new BirthCount(folder.resolve("births")),
        () -> NOON);
  }

  private BoxState state() {
    List<Reading> readings = new ArrayList<>();
    readings.add(reading("temperature.soc", OptionalDouble.of(celsius)));
    readings.add(reading("power.input", OptionalDouble.empty()));
    if (second) {
      readings.add(reading("cpu.use", OptionalDouble.of(0.25)));
    }
    return new BoxState(
        "Box one",
        "0.1.0",
        Optional.empty(),
        Optional.of(new Sample(NOON, 0, readings, List.of())),
        new Decision(ThermalState.NORMAL, 0, ""),
        List.of(),
        List.of(),
        OptionalDouble.empty(),
        0,
        0);
  }

  private static Reading reading(String id, OptionalDouble value) {
    return new Reading(
        id,
        Unit.CELSIUS,
        value.isPresent() ? Quality.GOOD : Quality.UNKNOWN,
        value,
        Duration.ZERO,
        "file",
        value.isPresent() ? "" : "not there");
  }

  /** The first of these packets, which has to be of this type. */
  private static Packet only(List<Packet> packets, String type) {
    assertThat(packets).hasSize(1);
    assertThat(packets.get(0).topic()).isEqualTo("spBv1.0/lab/" + type + "/one");
    return packets.get(0);
  }

  private static Payload payload(Packet packet) throws IOException {
    return Payload.parseFrom(packet.payload());
  }

  private static Payload.Metric metric(Payload payload, String name) {
    return payload.getMetricsList().stream()
        .filter(each -> each.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Payload born() throws IOException {
    node.will();
    return payload(only(node.connected(), "NBIRTH"));
  }

  private static byte[] rebirth(boolean value) {
    return Payload.newBuilder()
        .setTimestamp(NOON.toEpochMilli())
        .addMetrics(
            Payload.Metric.newBuilder()
                .setName("Node Control/Rebirth")
                .setDatatype(DataType.Boolean_VALUE)
                .setBooleanValue(value))
        .build()
        .toByteArray();
  }

  private static OutboxRecord alarm() {
    return new OutboxRecord(
        "o1-raised",
        Priority.MUST_ARRIVE,
        "alarm",
        NOON.minusSeconds(90),
        "{\"id\":\"o1-raised\"}".getBytes(StandardCharsets.UTF_8));
  }

  private List<Packet> host(String id, boolean online, long at) {
    return node.received(
        "spBv1.0/STATE/" + id,
        ("{\"online\":" + online + ",\"timestamp\":" + at + "}").getBytes(StandardCharsets.UTF_8),
        true);
  }

  @Test
  @DisplayName(
      "tck-id-message-flow-edge-node-birth-publish-will-message, -will-message-topic,"
          + " -will-message-payload, -will-message-payload-bdSeq, -will-message-qos,"
          + " -will-message-will-retained; tck-id-payloads-ndeath-seq, -ndeath-bdseq")
  void theWillIsADeathWithItsNumberAlone() throws IOException {
    Packet will = node.will();
    assertThat(will.topic()).isEqualTo("spBv1.0/lab/NDEATH/one");
    assertThat(will.qos()).isEqualTo(1);
    assertThat(will.retained()).isFalse();
    Payload death = payload(will);
    assertThat(death.hasSeq()).isFalse();
    assertThat(death.getMetricsList()).hasSize(1);
    assertThat(death.getMetrics(0).getName()).isEqualTo("bdSeq");
    assertThat(death.getMetrics(0).getDatatype()).isEqualTo(DataType.Int64_VALUE);
    assertThat(death.getMetrics(0).getLongValue()).isZero();
  }

  @Test
  @DisplayName("tck-id-topics-nbirth-bdseq-increment; it begins again after 255")
  void eachConnectHasTheNextNumberAlsoAfterAStart() throws IOException {
    for (int i = 0; i < 255; i++) {
      assertThat(payload(node.will()).getMetrics(0).getLongValue()).isEqualTo(i);
    }
    node = node(Optional.empty());
    assertThat(payload(node.will()).getMetrics(0).getLongValue()).isEqualTo(255);
    assertThat(payload(node.will()).getMetrics(0).getLongValue()).isZero();
  }

  @Test
  @DisplayName("tck-id-message-flow-edge-node-ncmd-subscribe")
  void commandsAreSubscribedToBeforeTheBirth() {
    assertThat(node.topics()).contains("spBv1.0/lab/NCMD/one");
  }

  @Test
  @DisplayName(
      "tck-id-payloads-nbirth-timestamp, -nbirth-seq, -nbirth-bdseq, -nbirth-bdseq-repeat,"
          + " -nbirth-rebirth-req, -nbirth-qos, -nbirth-retain;"
          + " tck-id-operational-behavior-data-commands-rebirth-name, -rebirth-name-aliases,"
          + " -rebirth-datatype, -rebirth-value")
  void aBirthHasItsNumberAndTheCommandToBeBornAgain() throws IOException {
    node.will();
    long number = payload(node.will()).getMetrics(0).getLongValue();
    Packet packet = only(node.connected(), "NBIRTH");
    assertThat(packet.qos()).isZero();
    assertThat(packet.retained()).isFalse();
    Payload birth = payload(packet);
    assertThat(birth.getTimestamp()).isEqualTo(NOON.toEpochMilli());
    assertThat(birth.hasSeq()).isTrue();
    assertThat(birth.getSeq()).isZero();
    assertThat(metric(birth, "bdSeq").getLongValue()).isEqualTo(number).isEqualTo(1);
    Payload.Metric rebirth = metric(birth, "Node Control/Rebirth");
    assertThat(rebirth.getDatatype()).isEqualTo(DataType.Boolean_VALUE);
    assertThat(rebirth.hasBooleanValue()).isTrue();
    assertThat(rebirth.getBooleanValue()).isFalse();
    assertThat(rebirth.hasAlias()).isFalse();
  }

  @Test
  @DisplayName(
      "tck-id-topics-nbirth-metrics, -nbirth-metric-reqs; tck-id-payloads-alias-uniqueness,"
          + " -alias-birth-requirement; tck-id-payloads-metric-datatype-req")
  void aBirthNamesEachMetricWithTypeAndAnAliasOfItsOwn() throws IOException {
    Set<String> names = new HashSet<>();
    Set<Long> aliases = new HashSet<>();
    for (Payload.Metric each : born().getMetricsList()) {
      assertThat(each.hasName()).isTrue();
      assertThat(each.hasDatatype()).isTrue();
      assertThat(names.add(each.getName())).as(each.getName()).isTrue();
      if (each.hasAlias()) {
        assertThat(aliases.add(each.getAlias())).as(each.getName()).isTrue();
      }
    }
    assertThat(names).contains("Readings/temperature.soc", "Readings/power.input", "Events/Alarm");
  }

  @Test
  @DisplayName("is_null: a reading that is not known is null, not zero")
  void whatIsUnknownIsNull() throws IOException {
    Payload.Metric unknown = metric(born(), "Readings/power.input");
    assertThat(unknown.getIsNull()).isTrue();
    assertThat(unknown.hasDoubleValue()).isFalse();
  }

  @Test
  @DisplayName(
      "tck-id-payloads-ndata-timestamp, -ndata-seq, -ndata-qos, -ndata-retain;"
          + " tck-id-payloads-alias-data-cmd-requirement;"
          + " tck-id-operational-behavior-data-publish-nbirth-change")
  void dataHasWhatChangedByItsAlias() throws IOException {
    Payload.Metric soc = metric(born(), "Readings/temperature.soc");
    assertThat(node.state()).isEmpty();
    celsius = 41;
    Packet packet = only(node.state(), "NDATA");
    assertThat(packet.qos()).isZero();
    assertThat(packet.retained()).isFalse();
    Payload data = payload(packet);
    assertThat(data.getTimestamp()).isEqualTo(NOON.toEpochMilli());
    assertThat(data.getSeq()).isEqualTo(1);
    assertThat(data.getMetricsList()).hasSize(1);
    assertThat(data.getMetrics(0).hasName()).isFalse();
    assertThat(data.getMetrics(0).getAlias()).isEqualTo(soc.getAlias());
    assertThat(data.getMetrics(0).getDoubleValue()).isEqualTo(41);
  }

  @Test
  @DisplayName(
      "tck-id-payloads-name-birth-data-requirement: each metric has its time;"
          + " tck-id-payloads-metric-datatype-not-req")
  void metricsHaveATimeInBirthsAndDataAndATypeInBirthsAlone() throws IOException {
    Payload birth = born();
    celsius = 41;
    Payload data = payload(only(node.state(), "NDATA"));
    for (Payload each : List.of(birth, data)) {
      assertThat(each.getMetricsList())
          .allMatch(metric -> metric.getTimestamp() == NOON.toEpochMilli());
    }
    assertThat(data.getMetricsList()).noneMatch(Payload.Metric::hasDatatype);
  }

  @Test
  @DisplayName("tck-id-payloads-sequence-num-incrementing, -ndata-seq-inc: 255 is followed by 0")
  void sequenceNumbersGoRound() throws IOException {
    born();
    for (int i = 1; i <= 300; i++) {
      celsius = i;
      assertThat(payload(only(node.state(), "NDATA")).getSeq()).isEqualTo(i % 256);
    }
  }

  @Test
  @DisplayName("tck-id-payloads-ndata-order: what was never announced comes with a new birth")
  void aNewReadingCausesABirth() throws IOException {
    born();
    second = true;
    Payload again = payload(only(node.state(), "NBIRTH"));
    assertThat(again.getSeq()).isZero();
    assertThat(metric(again, "Readings/cpu.use").getDoubleValue()).isEqualTo(0.25);
  }

  @Test
  @DisplayName(
      "tck-id-operational-behavior-data-commands-rebirth-action-1, -action-2, -action-3:"
          + " the same bdSeq, for the connection is the same")
  void itIsBornAgainWhenItIsAsked() throws IOException {
    long number = metric(born(), "bdSeq").getLongValue();
    celsius = 41;
    node.state();
    assertThat(node.received("spBv1.0/lab/NCMD/one", rebirth(false), false)).isEmpty();
    assertThat(node.received("spBv1.0/lab/NCMD/one", rebirth(true), true))
        .as("an order that stands for ever is none")
        .isEmpty();
    assertThat(node.received("spBv1.0/lab/NCMD/one", new byte[] {1, 2, 3}, false)).isEmpty();
    List<Packet> answer = node.received("spBv1.0/lab/NCMD/one", rebirth(true), false);
    Payload again = payload(only(answer, "NBIRTH"));
    assertThat(again.getSeq()).isZero();
    assertThat(metric(again, "bdSeq").getLongValue()).isEqualTo(number);
    assertThat(metric(again, "Readings/temperature.soc").getDoubleValue()).isEqualTo(41);
    celsius = 42;
    assertThat(payload(only(node.state(), "NDATA")).getSeq()).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath;"
          + " tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311")
  void itSaysThatItDiesBeforeItGoes() throws IOException {
    long number = metric(born(), "bdSeq").getLongValue();
    Packet packet = only(node.farewell(), "NDEATH");
    assertThat(payload(packet).getMetrics(0).getLongValue()).isEqualTo(number);
    assertThat(payload(packet).hasSeq()).isFalse();
  }

  @Test
  @DisplayName(
      "tck-id-message-flow-edge-node-birth-publish-phid-wait, -phid-wait-id, -phid-wait-online,"
          + " -phid-wait-timestamp")
  void itIsBornOnceItsHostIsThere() throws IOException {
    node = node(Optional.of("scada"));
    assertThat(node.topics()).contains("spBv1.0/STATE/scada");
    node.will();
    assertThat(node.connected()).isEmpty();
    assertThat(node.speaks()).isFalse();
    assertThat(host("other", true, 5)).isEmpty();
    assertThat(host("scada", false, 5)).isEmpty();
    assertThat(host("scada", true, 4)).as("older than what it said last").isEmpty();
    only(host("scada", true, 5), "NBIRTH");
    assertThat(node.speaks()).isTrue();
    assertThat(host("scada", true, 6)).as("it was born already").isEmpty();
  }

  @Test
  @DisplayName(
      "tck-id-message-flow-edge-node-birth-publish-phid-offline;"
          + " tck-id-operational-behavior-edge-node-termination-host-offline,"
          + " -termination-host-offline-reconnect, -termination-host-offline-timestamp")
  void itDiesWithItsHostAndIsBornWithItAgain() throws IOException {
    node = node(Optional.of("scada"));
    node.will();
    only(host("scada", true, 5), "NBIRTH");
    host("scada", false, 4);
    assertThat(node.ends()).as("a Will that came late").isFalse();
    host("scada", false, 5);
    assertThat(node.ends()).isTrue();
    only(node.farewell(), "NDEATH");
    node.will();
    assertThat(node.connected()).isEmpty();
    Payload again = payload(only(host("scada", true, 6), "NBIRTH"));
    assertThat(metric(again, "bdSeq").getLongValue()).isEqualTo(1);
  }

  @Test
  @DisplayName("is_historical: what comes late has the time at which it happened")
  void whatIsLateIsHistorical() throws IOException {
    Payload.Metric event = metric(born(), "Events/Alarm");
    Payload late = payload(only(node.packets(alarm(), true), "NDATA"));
    assertThat(late.getMetrics(0).getAlias()).isEqualTo(event.getAlias());
    assertThat(late.getMetrics(0).getIsHistorical()).isTrue();
    assertThat(late.getMetrics(0).getTimestamp()).isEqualTo(NOON.minusSeconds(90).toEpochMilli());
    assertThat(late.getTimestamp()).isEqualTo(NOON.toEpochMilli());
    assertThat(payload(only(node.packets(alarm(), false), "NDATA")).getMetrics(0).getIsHistorical())
        .isFalse();
  }

  @Test
  @DisplayName("tck-id-payloads-nbirth-edge-node-descriptor: another node of this name is noticed")
  void aBirthOfAnotherNodeIsAnsweredOnce() throws IOException {
    Packet own = only(bornPackets(), "NBIRTH");
    String topic = "spBv1.0/lab/NBIRTH/one";
    assertThat(node.received(topic, own.payload(), false)).as("its own").isEmpty();
    byte[] other = rebirth(false); // of other software, without an instance
    only(node.received(topic, other, false), "NBIRTH");
    assertThat(node.received(topic, other, false)).as("it is known").isEmpty();
  }

  private List<Packet> bornPackets() throws IOException {
    node.will();
    return node.connected();
  }
}
