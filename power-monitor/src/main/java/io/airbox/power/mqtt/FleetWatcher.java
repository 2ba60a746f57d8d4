package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Ticker;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Hears the states of all boxes at a broker in the plain layout. Reads, and says nothing. */
public final class FleetWatcher implements AutoCloseable {
  private static final String STATES = "airbox/v1/+/+/state";
  private static final int MOST_BOXES = 100_000;
  private static final int ID_BITS = 48;
  private static final long WAIT_MILLIS = 30_000;

  private final MqttSettings settings;
  private final Ticker ticker;
  private final TreeMap<String, Box> boxes = new TreeMap<>();
  private final AtomicBoolean lost = new AtomicBoolean();
  private final MqttClient client;

  /**
   * A box's last state.
   *
   * @param state as in its topic
   * @param ageSeconds since it was heard
   */
  public record Seen(String site, String box, ObjectNode state, long ageSeconds) {}

  private record Box(ObjectNode state, long nanos) {}

  private FleetWatcher(MqttSettings settings, Ticker ticker) throws MqttException {
    this.settings = settings;
    this.ticker = ticker;
    client =
        new MqttClient(
            PatientNetworks.uri(settings.broker()),
            "airbox-watch-" + Long.toString(new SecureRandom().nextLong() >>> (64 - ID_BITS), 36),
            new MemoryPersistence());
    client.setTimeToWait(WAIT_MILLIS);
  }

  /**
   * Connects and hears what is retained.
   *
   * @param settings of which site, box, layouts and interval mean nothing here
   * @throws IOException the broker cannot be reached or refuses; the message says which and why
   */
  public static FleetWatcher open(MqttSettings settings, Ticker ticker) throws IOException {
    FleetWatcher watcher = null;
    try {
      watcher = new FleetWatcher(settings, ticker);
      watcher.connect();
      return watcher;
    } catch (MqttException e) {
      if (watcher != null) {
        watcher.close();
      }
      throw new IOException(settings.broker() + ": " + Link.root(e), e);
    }
  }

  private void connect() throws MqttException, IOException {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(true);
    options.setKeepAliveInterval((int) settings.keepAlive().toSeconds());
    settings.user().ifPresent(options::setUserName);
    if (settings.passwordFile().isPresent()) {
      options.setPassword(Link.password(settings.passwordFile().get()));
    }
    if (settings.encrypted()) {
      options.setSocketFactory(BrokerTls.of(settings));
    }
    client.setCallback(
        new MqttCallback() {
          @Override
          public void connectionLost(Throwable cause) {
            lost.set(true);
          }

          @Override
          public void messageArrived(String topic, MqttMessage message) {
            heard(topic, message.getPayload());
          }

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {
            // it says nothing
          }
        });
    lost.set(false);
    client.connect(options);
    client.subscribe(STATES, 1);
  }

  private synchronized void heard(String topic, byte[] payload) {
    String[] parts = topic.split("/", -1);
    String name = parts[2] + "/" + parts[3];
    ObjectNode state = Documents.object(payload).orElse(null);
    if (state == null) {
      boxes.remove(name); // an empty retained message forgets a box
    } else if (boxes.size() < MOST_BOXES || boxes.containsKey(name)) {
      Box before = boxes.get(name);
      if (before != null && !state.path("online").asBoolean()) {
        // a Will knows nothing else; what was known stays, but not as of now
        ObjectNode merged = before.state().deepCopy();
        merged.setAll(state);
        state = merged;
      }
      boxes.put(name, new Box(state, ticker.nanos()));
    }
  }

  /** All boxes that were heard of, by site and name. */
  public synchronized List<Seen> boxes() {
    List<Seen> seen = new ArrayList<>();
    boxes.forEach(
        (name, box) -> {
          int slash = name.indexOf('/');
          seen.add(
              new Seen(
                  name.substring(0, slash),
                  name.substring(slash + 1),
                  box.state(),
                  TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - box.nanos())));
        });
    return seen;
  }

  /**
   * Connects again when the connection was lost.
   *
   * @throws IOException it is still lost; try again a little later
   */
  public void keepUp() throws IOException {
    if (lost.get()) {
      try {
        connect();
      } catch (MqttException e) {
        lost.set(true);
        throw new IOException(settings.broker() + ": " + Link.root(e), e);
      }
    }
  }

  @Override
  public void close() {
    try {
      client.disconnectForcibly(1, 1, false);
    } catch (MqttException e) {
      // it was not connected
    }
    try {
      client.close(true);
    } catch (MqttException e) {
      // it ends with the process
    }
  }
}
