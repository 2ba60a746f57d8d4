package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Somebody else at the broker, who keeps all that he hears. */
public final class Subscriber implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was heard. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Heard(String topic, byte[] payload, int qos, boolean retained) {
    public JsonNode json() {
      try {
        return JSON.readTree(payload);
      } catch (java.io.IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final MqttClient client;
  private final List<Heard> heard = new CopyOnWriteArrayList<>();

  public Subscriber(URI broker, String id, String... topics) throws MqttException {
    this(broker, id, options -> {}, topics);
  }

  public Subscriber(URI broker, String id, Consumer<MqttConnectOptions> settings, String... topics)
      throws MqttException {
    client = new MqttClient(broker.toString(), id, new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(false);
    options.setAutomaticReconnect(true);
    options.setMaxReconnectDelay(200);
    settings.accept(options);
    client.setCallback(
        new MqttCallbackExtended() {
          @Override
          public void connectComplete(boolean again, String uri) {}

          @Override
          public void connectionLost(Throwable cause) {}

          @Override
          public void messageArrived(String topic, MqttMessage message) {
            heard.add(
                new Heard(topic, message.getPayload(), message.getQos(), message.isRetained()));
          }

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {}
        });
    client.connect(options);
    for (String topic : topics) {
      client.subscribe(topic, 1);
    }
  }

  public List<Heard> heard() {
    return heard;
  }

  public List<Heard> heard(String topic) {
    return heard.stream().filter(each -> each.topic().equals(topic)).toList();
  }

  public void publish(String topic, String text, boolean retained) throws MqttException {
    publish(topic, text.getBytes(StandardCharsets.UTF_8), retained);
  }

  public void publish(String topic, byte[] payload, boolean retained) throws MqttException {
    client.publish(topic, payload, 1, retained);
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(1, 1, false);
    client.close(true);
  }
}
