package io.airbox.power.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A web address of the loopback that takes alarms, or does not. */
final class Receiver implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile int status = 204;
  private volatile Map<String, String> headers = Map.of();

  /**
   * What was posted.
   *
   * @param headers by their names in lower case
   */
  record Request(String method, String path, Map<String, String> headers, String body, int status) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new IllegalStateException(body, e);
      }
    }
  }

  private Receiver(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
    server.start();
  }

  static Receiver start() throws IOException {
    return start(0);
  }

  static Receiver start(int port) throws IOException {
    return new Receiver(HttpServer.create(loopback(port), 50));
  }

  /**
   * One that speaks TLS.
   *
   * @param identity a key store in PKCS #12
   */
  static Receiver secure(Path identity, String password) throws Exception {
    KeyStore store = KeyStore.getInstance(identity.toFile(), password.toCharArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(loopback(0), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new Receiver(server);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> names = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, all) -> names.put(name.toLowerCase(Locale.ROOT), all.get(0)));
      int answer = status;
      requests.add(
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              names,
              body,
              answer));
      headers.forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
      exchange.sendResponseHeaders(answer, -1);
    }
  }

  /** From now on it answers with this. */
  void answers(int code, Map<String, String> with) {
    headers = with;
    status = code;
  }

  List<Request> requests() {
    return requests;
  }

  /** Those that it took. */
  List<Request> taken() {
    return requests.stream().filter(each -> each.status() < 300).toList();
  }

  URI uri(String path) {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
