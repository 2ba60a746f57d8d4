package io.airbox.power.mqtt;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.internal.NetworkModule;
import org.eclipse.paho.client.mqttv3.internal.SSLNetworkModuleFactory;
import org.eclipse.paho.client.mqttv3.internal.TCPNetworkModuleFactory;
import org.eclipse.paho.client.mqttv3.spi.NetworkModuleFactory;

/**
 * Paho's own networks, for URIs with {@code airbox+} before them, but which tell an end not before
 * the first second is over. Paho 1.2.5 looks ten times a second whether its receiver runs; one that
 * a server has thrown out before the first look is waited for by a thread for ever.
 */
public final class PatientNetworks implements NetworkModuleFactory {
  private static final String PREFIX = "airbox+";
  private static final long FIRST = TimeUnit.SECONDS.toNanos(1);

  static {
    PahoLog.silence();
  }

  /** For the JDK's service loader. */
  public PatientNetworks() {}

  /** The URI under which this one is asked. */
  static String uri(URI broker) {
    return PREFIX + broker;
  }

  @Override
  public Set<String> getSupportedUriSchemes() {
    return Set.of(PREFIX + "tcp", PREFIX + "ssl");
  }

  @Override
  public void validateURI(URI uri) {
    own(plain(uri)).validateURI(plain(uri));
  }

  @Override
  public NetworkModule createNetworkModule(URI uri, MqttConnectOptions options, String clientId)
      throws MqttException {
    URI plain = plain(uri);
    return new Patient(own(plain).createNetworkModule(plain, options, clientId));
  }

  private static URI plain(URI uri) {
    return URI.create(uri.toString().substring(PREFIX.length()));
  }

  private static NetworkModuleFactory own(URI plain) {
    return plain.getScheme().equals("ssl")
        ? new SSLNetworkModuleFactory()
        : new TCPNetworkModuleFactory();
  }

  private static final class Patient implements NetworkModule {
    private final NetworkModule inner;
    private volatile long startedAt;

    Patient(NetworkModule inner) {
      this.inner = inner;
    }

    @Override
    public void start() throws IOException, MqttException {
      inner.start();
      startedAt = System.nanoTime();
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(inner.getInputStream()) {
        @Override
        public int read() throws IOException {
          try {
            int read = super.read();
            if (read < 0) {
              await();
            }
            return read;
          } catch (SocketTimeoutException e) {
            throw e; // nothing said yet is no end
          } catch (IOException e) {
            await();
            throw e;
          }
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          try {
            int read = super.read(bytes, from, length);
            if (read < 0) {
              await();
            }
            return read;
          } catch (SocketTimeoutException e) {
            throw e;
          } catch (IOException e) {
            await();
            throw e;
          }
        }
      };
    }

    private void await() {
      try {
        TimeUnit.NANOSECONDS.sleep(FIRST - (System.nanoTime() - startedAt));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return inner.getOutputStream();
    }

    @Override
    public void stop() throws IOException {
      inner.stop();
    }

    @Override
    public String getServerURI() {
      return inner.getServerURI();
    }
  }
}
