package io.airbox.hwtests.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Who listens to a fleet, with a persistent session: when each box was born, and each alarm. */
final class FleetHost implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVENT = "/event";

  private final MqttClient client;
  private final Map<String, Long> births = new ConcurrentHashMap<>();
  private final Set<String> alarms = ConcurrentHashMap.newKeySet();
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();

  FleetHost(URI broker) throws MqttException {
    client = new MqttClient(broker.toString(), "fleet-host", new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(false);
    options.setAutomaticReconnect(true);
    options.setMaxReconnectDelay(200);
    client.setCallback(
        new MqttCallback() {
          @Override
          public void connectionLost(Throwable cause) {
            // Paho connects again
          }

          @Override
          public void messageArrived(String topic, MqttMessage message) throws IOException {
            hear(topic, message.getPayload());
          }

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {
            // it tells nothing
          }
        });
    client.connect(options);
    client.subscribe(new String[] {"spBv1.0/#", "airbox/#"}, new int[] {1, 1});
  }

  private void hear(String topic, byte[] payload) throws IOException {
    messages.incrementAndGet();
    if (topic.contains("/NBIRTH/")) {
      births.put(topic.substring(topic.lastIndexOf('/') + 1), System.nanoTime());
    } else if (topic.endsWith(EVENT) && !alarms.add(JSON.readTree(payload).path("id").asText())) {
      repeated.incrementAndGet();
    }
  }

  /** When each box was born last. */
  Map<String, Long> births() {
    return births;
  }

  /** Ids of the events that came, each once. */
  Set<String> alarms() {
    return alarms;
  }

  /** How many events came under an id that was known. */
  long repeated() {
    return repeated.get();
  }

  long messages() {
    return messages.get();
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(1, 1, false);
    client.close(true);
  }
}
