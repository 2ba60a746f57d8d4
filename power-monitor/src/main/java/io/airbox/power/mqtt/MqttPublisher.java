package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Ticker;
import io.airbox.power.alarm.AlarmDocuments;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.history.Minute;
import io.airbox.power.outbox.Backoff;
import io.airbox.power.outbox.Outbox;
import io.airbox.power.outbox.OutboxRecord;
import io.airbox.power.outbox.Priority;
import io.airbox.power.storage.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Tells a broker what a box does, as long as it is open. What it is given is on the disk before it
 * says so, and is sent when the broker is there. Any thread may use it; giving it something blocks
 * for as long as a flush of the disk takes.
 */
public final class MqttPublisher implements AutoCloseable {
  private static final int INSTANCE_BYTES = 5;
  private static final int RUN_BYTES = 5;
  private static final Pattern INSTANCE = Pattern.compile("[0-9a-f]{10}");

  private final List<Link> links = new ArrayList<>();
  private final List<Outbox> outboxes = new ArrayList<>();
  private final String instance;
  private final Rivals rivals;

  /** Before the numbers of this run's minutes: a clock that begins at 1970 again is no name. */
  private final String run = random(RUN_BYTES);

  private final AtomicLong minutes = new AtomicLong();

  /** How much may wait on the disk. */
  public record Room(long mustArriveBytes, long newestBytes) {
    /** 16 MB of alarms, and a week of a box's minutes. */
    public static final Room USUAL = new Room(16L << 20, 64L << 20);
  }

  /** Who asks a box to do something, and by which key. */
  public record Orders(Commands commands, Optional<Path> key) {}

  private MqttPublisher(
      MqttSettings settings,
      Path folder,
      Room room,
      BoxView view,
      Orders orders,
      Ticker ticker,
      InstantSource clock)
      throws IOException {
    DurableFile.createFolder(folder);
    instance = instance(folder.resolve("instance"));
    rivals = new Rivals(settings, instance, ticker);
    List<Protocol> protocols = new ArrayList<>();
    if (settings.layouts().contains(Layout.JSON)
        || settings.layouts().contains(Layout.HOMEASSISTANT)) {
      protocols.add(
          new JsonProtocol(
              settings,
              rivals,
              view,
              orders.commands(),
              new SignedCommands(settings, orders.key(), folder.resolve("nonces"), clock),
              ticker,
              clock));
    }
    if (settings.layouts().contains(Layout.SPARKPLUG)) {
      protocols.add(
          new SparkplugProtocol(
              settings, rivals, view, new BirthCount(folder.resolve("births")), clock));
    }
    for (Protocol protocol : protocols) {
      Outbox outbox =
          Outbox.open(folder.resolve(protocol.name()), room.mustArriveBytes(), room.newestBytes());
      outboxes.add(outbox);
      links.add(
          new Link(
              settings,
              "airbox-" + settings.box() + "-" + instance + "-" + protocol.name(),
              protocol,
              outbox,
              ticker,
              clock,
              new Backoff(new SecureRandom())));
    }
  }

  /**
   * Opens it and begins to connect.
   *
   * @param folder for what waits and what it has to remember; one process at a time
   * @throws IOException the folder cannot be used; nothing was lost
   */
  public static MqttPublisher open(
      MqttSettings settings,
      Path folder,
      Room room,
      BoxView view,
      Orders orders,
      Ticker ticker,
      InstantSource clock)
      throws IOException {
    MqttPublisher publisher =
        new MqttPublisher(settings, folder, room, view, orders, ticker, clock);
    publisher.links.forEach(Link::start);
    return publisher;
  }

  /** Which installation this is; two machines with one name differ in it. */
  private static String instance(Path file) throws IOException {
    try {
      String known = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (INSTANCE.matcher(known).matches()) {
        return known;
      }
    } catch (NoSuchFileException e) {
      // the first start
    }
    String made = random(INSTANCE_BYTES);
    DurableFile.replace(file, made.getBytes(StandardCharsets.US_ASCII));
    return made;
  }

  private static String random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Takes an alarm's event over; it is on the disk when this returns, and its id may be settled.
   *
   * @throws IOException give it again later; again does no harm
   */
  public void alarm(AlarmEvent event) throws IOException {
    add(
        new OutboxRecord(
            event.id(),
            Priority.MUST_ARRIVE,
            JsonProtocol.ALARM,
            event.at(),
            Documents.bytes(AlarmDocuments.of(event))));
    changed();
  }

  /**
   * Takes over what came of an update; it is on the disk when this returns.
   *
   * @param id its own, by which subscribers know it again
   * @param outcome what is told of it besides {@code id} and {@code at}
   * @throws IOException give it again later; again does no harm
   */
  public void outcome(String id, Instant at, ObjectNode outcome) throws IOException {
    ObjectNode told = outcome.deepCopy().put("id", id).put("at", at.toEpochMilli());
    add(
        new OutboxRecord(
            id, Priority.MUST_ARRIVE, JsonProtocol.OUTCOME, at, Documents.bytes(told)));
    changed();
  }

  /**
   * Takes a minute over.
   *
   * @throws IOException it may be lost
   */
  public void telemetry(Minute minute) throws IOException {
    String id = instance + "-" + run + "-" + minutes.incrementAndGet();
    add(
        new OutboxRecord(
            id,
            Priority.NEWEST,
            JsonProtocol.TELEMETRY,
            minute.end(),
            Documents.bytes(Documents.telemetry(id, minute))));
  }

  private void add(OutboxRecord record) throws IOException {
    IOException failure = null;
    for (Outbox outbox : outboxes) {
      try {
        outbox.add(record);
      } catch (IOException e) {
        failure = e; // the others take it nevertheless
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The state is told now and not after the interval. Never blocks. */
  public void changed() {
    links.forEach(Link::changed);
  }

  /** How the connections do. */
  public List<LinkState> links() {
    return links.stream().map(Link::state).toList();
  }

  /** Why the box should have another name, for people; empty while it is alone. */
  public Optional<String> rival() {
    return rivals.told();
  }

  /** Says farewell where there is a connection; what waits is there at the next start. */
  @Override
  public void close() throws IOException {
    links.forEach(Link::close);
    for (Outbox outbox : outboxes) {
      outbox.close();
    }
  }
}
