package io.airbox.power.mqtt;

import io.airbox.power.Ticker;
import io.airbox.power.outbox.Backoff;
import io.airbox.power.outbox.Outbox;
import io.airbox.power.outbox.Taken;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.ScheduledExecutorPingSender;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the broker, made again and again by a thread of its own with a new Paho client
 * each time: Paho's own reconnecting keeps an old Will, knows no jitter and may stay down. What is
 * published counts only when the broker has answered; when it owes an answer for too long, the
 * connection is given up.
 */
final class Link implements AutoCloseable {
  private static final int WINDOW = 64;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(15);
  private static final Duration SHORTEST_CONNECT = Duration.ofSeconds(4);

  /** A clock that differs from the steady one by more was set. */
  private static final Duration CLOCK_SET = Duration.ofSeconds(60);

  /** A connection that is lost earlier was ended for what was said. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final MqttSettings settings;
  private final String clientId;
  private final Protocol protocol;
  private final Outbox outbox;
  private final Ticker ticker;
  private final InstantSource clock;
  private final Backoff backoff;

  /** A server that owes its greeting for so long is left. */
  private final Duration connect;

  private volatile @Nullable Session session;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean connected;
  private volatile String reason = "not connected yet";
  private final AtomicLong connects = new AtomicLong();

  /** What other threads tell this one's. */
  private sealed interface Event {}

  private record Wake() implements Event {}

  private record Changed() implements Event {}

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Heard(String topic, byte[] payload, boolean retained) implements Event {}

  private record Arrived(long packet) implements Event {}

  private record Written(long packet) implements Event {}

  private record Lost(@Nullable Throwable cause) implements Event {}

  Link(
      MqttSettings settings,
      String clientId,
      Protocol protocol,
      Outbox outbox,
      Ticker ticker,
      InstantSource clock,
      Backoff backoff) {
    this.settings = settings;
    this.clientId = clientId;
    this.protocol = protocol;
    this.outbox = outbox;
    this.ticker = ticker;
    this.clock = clock;
    this.backoff = backoff;
    Duration owed = settings.keepAlive().multipliedBy(3).dividedBy(2);
    connect =
        Collections.max(List.of(SHORTEST_CONNECT, Collections.min(List.of(owed, LONGEST_CONNECT))));
    thread = new Thread(this::run, "mqtt-" + protocol.name());
    thread.setDaemon(true);
  }

  void start() {
    outbox.onAdd(() -> tell(new Wake()));
    thread.start();
  }

  /** The state should be told now. Never blocks. */
  void changed() {
    tell(new Changed());
  }

  LinkState state() {
    return new LinkState(protocol.name(), connected, reason, connects.get(), outbox.state());
  }

  private void tell(Event event) {
    Session now = session;
    if (now != null) {
      now.events.add(event);
    }
  }

  private void run() {
    while (!closed) {
      Session now = new Session();
      session = now;
      long began = ticker.nanos();
      try {
        now.run();
      } catch (MqttException e) {
        reason = said(e) + now.suspicion();
      } catch (IOException e) {
        reason = e.getMessage() + now.suspicion();
      } catch (InterruptedException e) {
        // closing
      } catch (RuntimeException e) {
        reason = "internal error: " + e; // what it was about may be better the next time
      } finally {
        connected = false;
        session = null;
        now.end();
        outbox.giveBack();
      }
      if (ticker.nanos() - began > settings.keepAlive().toNanos() * 2) {
        backoff.reset(); // one that was thrown out at once waits longer
      }
      pause(backoff.next());
    }
  }

  /** Until the time is over or the clock was set, for certificates may be valid then. */
  private void pause(Duration length) {
    long began = ticker.nanos();
    long wall = clock.millis();
    while (!closed && ticker.nanos() - began < length.toNanos()) {
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        continue; // closed tells
      }
      long steady = TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - began);
      if (Math.abs(clock.millis() - wall - steady) > CLOCK_SET.toMillis()) {
        return;
      }
    }
  }

  /** For people; says nothing of passwords, of which Paho knows none either. */
  private String said(MqttException e) {
    return settings.broker() + ": " + root(e);
  }

  /** What is behind it, for people. */
  static String root(MqttException e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    if (root instanceof UnknownHostException) {
      return "no address is known for this name";
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  /** The first line of a file. */
  static char[] password(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("")
          .toCharArray();
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException("the password cannot be read: " + e, e);
    }
  }

  /** From one connect to its end. */
  private final class Session {
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<Long, Long> unanswered = new HashMap<>();
    private final Map<Long, Taken> recordOf = new HashMap<>();
    private final Map<Taken, Integer> packetsLeft = new HashMap<>();

    /** Of QoS 0 with a record: handed to Paho, then written to the connection. */
    private final Set<Long> unwritten = new HashSet<>();

    private final List<Long> written = new ArrayList<>();
    private final ScheduledExecutorService threads =
        Executors.newScheduledThreadPool(
            6,
            work -> {
              Thread made = new Thread(work, "mqtt-" + protocol.name() + "-paho");
              made.setDaemon(true);
              return made;
            });
    private @Nullable MqttAsyncClient client;
    private long nextPacket;
    private boolean greeted;
    private long greetedAt;
    private long stateAt;
    private boolean changed = true;

    void run() throws MqttException, IOException, InterruptedException {
      MqttConnectOptions options = options();
      MqttAsyncClient made =
          new MqttAsyncClient(
              PatientNetworks.uri(settings.broker()),
              clientId,
              new MemoryPersistence(),
              new ScheduledExecutorPingSender(threads),
              threads);
      client = made;
      made.setCallback(new Callbacks());
      wait(made.connect(options), connect);
      List<String> topics = protocol.topics();
      int[] qualities = new int[topics.size()];
      Arrays.fill(qualities, 1);
      if (!topics.isEmpty()) {
        wait(made.subscribe(topics.toArray(new String[0]), qualities), connect);
      }
      connects.incrementAndGet();
      outbox.giveBack();
      for (Packet packet : protocol.connected()) {
        publish(packet, null);
      }
      connected = true;
      greeted = true;
      greetedAt = ticker.nanos();
      reason = "";
      stateAt = ticker.nanos();
      changed = true;
      loop();
      farewell();
    }

    private void wait(IMqttToken token, Duration length) throws MqttException {
      token.waitForCompletion(length.toMillis());
      if (!token.isComplete()) {
        throw new MqttException(MqttException.REASON_CODE_CLIENT_TIMEOUT);
      }
    }

    private MqttConnectOptions options() throws IOException {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setCleanSession(true);
      options.setAutomaticReconnect(false);
      options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
      options.setKeepAliveInterval((int) settings.keepAlive().toSeconds());
      options.setConnectionTimeout((int) connect.toSeconds());
      options.setMaxInflight(WINDOW * 4);
      Packet will = protocol.will();
      options.setWill(will.topic(), will.payload(), will.qos(), will.retained());
      settings.user().ifPresent(options::setUserName);
      if (settings.passwordFile().isPresent()) {
        options.setPassword(password(settings.passwordFile().get()));
      }
      if (settings.encrypted()) {
        options.setSocketFactory(BrokerTls.of(settings));
      }
      return options;
    }

    private void loop() throws MqttException, IOException, InterruptedException {
      while (!closed && !protocol.ends()) {
        send();
        Event event = events.poll(untilNext(), TimeUnit.MILLISECONDS);
        while (event != null) {
          handle(event);
          event = events.poll();
        }
        watch();
      }
    }

    private long untilNext() {
      long due = stateAt + settings.interval().toNanos() - ticker.nanos();
      return Math.min(500, Math.max(1, TimeUnit.NANOSECONDS.toMillis(due)));
    }

    private void send() throws MqttException {
      if (!protocol.speaks()) {
        return;
      }
      if (changed || ticker.nanos() - stateAt >= settings.interval().toNanos()) {
        changed = false;
        stateAt = ticker.nanos();
        for (Packet packet : protocol.state()) {
          publish(packet, null);
        }
      }
      while (unanswered.size() < WINDOW) {
        List<Taken> taken = outbox.take(WINDOW - unanswered.size());
        if (taken.isEmpty()) {
          return;
        }
        for (Taken record : taken) {
          List<Packet> packets = protocol.packets(record.content(), record.late());
          packetsLeft.put(record, packets.size());
          for (Packet packet : packets) {
            publish(packet, record);
          }
          if (packets.isEmpty()) {
            arrived(record);
          }
        }
      }
    }

    /**
     * With QoS 0 the broker answers nothing; what was written before a subscription has arrived.
     * Written, for Paho sends a subscription before messages that it was given earlier.
     */
    private void barrier() throws MqttException {
      List<Long> sent = List.copyOf(written);
      written.clear();
      MqttAsyncClient to = client;
      if (to != null) {
        to.subscribe(
            protocol.topics().get(0),
            1,
            null,
            new Answer(() -> sent.forEach(each -> events.add(new Arrived(each)))));
      }
    }

    private void publish(Packet packet, @Nullable Taken record) throws MqttException {
      MqttAsyncClient to = client;
      if (to == null) {
        return;
      }
      long number = nextPacket++;
      boolean answered = packet.qos() > 0;
      if (answered || record != null) {
        unanswered.put(number, ticker.nanos());
      }
      if (record != null) {
        recordOf.put(number, record);
      }
      if (answered) {
        to.publish(
            packet.topic(),
            packet.payload(),
            packet.qos(),
            packet.retained(),
            null,
            new Answer(() -> events.add(new Arrived(number))));
      } else if (record != null) {
        unwritten.add(number);
        to.publish(
            packet.topic(),
            packet.payload(),
            0,
            packet.retained(),
            null,
            new Answer(() -> events.add(new Written(number))));
      } else {
        to.publish(packet.topic(), packet.payload(), 0, packet.retained());
      }
    }

    private void handle(Event event) throws MqttException, IOException {
      if (event instanceof Lost lost) {
        if (lost.cause() instanceof MqttException known
            && known.getReasonCode() != MqttException.REASON_CODE_CONNECTION_LOST) {
          throw known;
        }
        throw new IOException(settings.broker() + ": the connection was lost");
      } else if (event instanceof Written done) {
        unwritten.remove(done.packet());
        written.add(done.packet());
        if (unwritten.isEmpty()) {
          barrier();
        }
      } else if (event instanceof Arrived answer) {
        if (unanswered.remove(answer.packet()) != null) {
          Taken record = recordOf.remove(answer.packet());
          if (record != null && packetsLeft.merge(record, -1, Integer::sum) == 0) {
            arrived(record);
          }
        }
      } else if (event instanceof Heard heard) {
        for (Packet packet : protocol.received(heard.topic(), heard.payload(), heard.retained())) {
          publish(packet, null);
        }
      } else if (event instanceof Changed) {
        changed = true;
      }
    }

    /** MQTT 3.1.1 cannot refuse a message; Mosquitto 2.0.11 ends the connection instead. */
    String suspicion() {
      return greeted && ticker.nanos() - greetedAt < SOON.toNanos()
          ? "; it may forbid what this box tells (the broker's access list)"
          : "";
    }

    private void arrived(Taken record) {
      packetsLeft.remove(record);
      outbox.done(List.of(record));
    }

    /** It says it is connected, but the broker owes an answer. */
    private void watch() throws IOException {
      long oldest = ticker.nanos();
      for (long since : unanswered.values()) {
        oldest = Math.min(oldest, since);
      }
      if (ticker.nanos() - oldest > settings.keepAlive().toNanos() * 3 / 2) {
        throw new IOException(
            settings.broker() + " has not answered for one and a half keep-alives");
      }
    }

    private void farewell() throws MqttException, InterruptedException {
      MqttAsyncClient from = client;
      if (from == null) {
        return;
      }
      for (Packet packet : protocol.farewell()) {
        from.publish(packet.topic(), packet.payload(), packet.qos(), packet.retained())
            .waitForCompletion(FAREWELL.toMillis());
      }
      from.disconnect(0).waitForCompletion(FAREWELL.toMillis());
    }

    /** Leaves no thread and no socket, whatever state the client is in. */
    void end() {
      MqttAsyncClient old = client;
      if (old != null) {
        old.setCallback(null);
        try {
          old.disconnectForcibly(1, 1, false);
        } catch (MqttException e) {
          // it was not connected
        }
        try {
          old.close(true);
        } catch (MqttException e) {
          // a connect under way ends by its own timeout
        }
      }
      threads.shutdownNow();
    }

    /** Of Paho's thread, which must never wait: it only hands over. */
    private final class Callbacks implements MqttCallback {
      @Override
      public void connectionLost(Throwable cause) {
        events.add(new Lost(cause));
      }

      @Override
      public void messageArrived(String topic, MqttMessage message) {
        events.add(new Heard(topic, message.getPayload(), message.isRetained()));
      }

      @Override
      public void deliveryComplete(IMqttDeliveryToken token) {
        // the listener of each publish tells
      }
    }

    /** What to do when the broker has answered; when it refuses, the connection ends. */
    private final class Answer implements IMqttActionListener {
      private final Runnable then;

      Answer(Runnable then) {
        this.then = then;
      }

      @Override
      public void onSuccess(IMqttToken token) {
        then.run();
      }

      @Override
      public void onFailure(IMqttToken token, Throwable cause) {
        events.add(new Lost(cause));
      }
    }
  }

  /** Says farewell and ends, within a few seconds. */
  @Override
  public void close() {
    closed = true;
    tell(new Wake());
    try {
      thread.join(FAREWELL.toMillis() * 3);
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(FAREWELL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
