package io.airbox.ota.hawkbit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server that says what it is told to, and writes down what it is asked and told. */
final class DdiServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> documents = new ConcurrentHashMap<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> stalls = new ConcurrentHashMap<>();
  private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Runnable onEnd = () -> {};

  /** A request: method, path, what it showed for a login, and its body. */
  record Asked(String method, String path, @Nullable String authorization, String body) {}

  DdiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void has(String path, byte[] document) {
    documents.put(path, document);
  }

  void has(String path, String document) {
    has(path, document.replace("HOST", address().toString()).getBytes(StandardCharsets.UTF_8));
  }

  /** Answers each request of a path so, until {@link #wellAgain}: status, header, value. */
  void answers(String path, String answer) {
    answers.put(path, answer);
  }

  void wellAgain(String path) {
    answers.remove(path);
  }

  /** Does this when it has taken the end of an action. */
  void onEnd(Runnable what) {
    onEnd = what;
  }

  /** Sends half of a document and then no more; the latch tells when it is there. */
  CountDownLatch stallsAt(String path) {
    CountDownLatch reached = new CountDownLatch(1);
    stalls.put(path, reached);
    return reached;
  }

  List<Asked> asked() {
    return List.copyOf(asked);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(
          new Asked(
              exchange.getRequestMethod(),
              path,
              exchange.getRequestHeaders().getFirst("Authorization"),
              body));
      String answer = answers.get(path);
      if (answer != null) {
        String[] words = answer.split(" ", 3);
        if (words.length == 3) {
          exchange.getResponseHeaders().set(words[1], words[2]);
        }
        exchange.sendResponseHeaders(Integer.parseInt(words[0]), -1);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        if (body.contains("\"closed\"")) {
          onEnd.run();
        }
        exchange.sendResponseHeaders(200, -1);
      } else if (!documents.containsKey(path)) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        send(exchange, path, documents.get(path));
      }
    }
  }

  private void send(HttpExchange exchange, String path, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher matcher = RANGE.matcher(String.valueOf(range));
    int from = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    // as hawkBit does, for whole files too
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    exchange.getResponseHeaders().set("ETag", "0123456789012345678901234567890123456789");
    exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
    try (OutputStream out = exchange.getResponseBody()) {
      CountDownLatch stalled = stalls.get(path);
      if (stalled != null) {
        out.write(content, from, (content.length - from) / 2);
        out.flush();
        stalled.countDown();
        closed.await();
      }
      out.write(content, from, content.length - from);
    } catch (InterruptedException e) {
      // closed
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
