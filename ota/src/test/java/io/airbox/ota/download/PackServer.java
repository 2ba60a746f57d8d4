package io.airbox.ota.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A web server with files, which knows ranges and tags as it is told to. */
final class PackServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> answers = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean ranges = true;
  private volatile boolean lengths = true;
  private volatile @Nullable String tag;
  private volatile String encoding = "";

  PackServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  void file(String path, byte[] content) {
    files.put(path, content);
  }

  void ranges(boolean known) {
    ranges = known;
  }

  /** Whether it says how long a file is; else it sends in chunks. */
  void lengths(boolean told) {
    lengths = told;
  }

  void tag(@Nullable String value) {
    tag = value;
  }

  void encoding(String value) {
    encoding = value;
  }

  /** Answers the next request so: a status, and perhaps a header's name and value. */
  void next(String answer) {
    answers.add(answer);
  }

  /** Paths asked for, with range and condition. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String condition = exchange.getRequestHeaders().getFirst("If-Range");
      String path = exchange.getRequestURI().getPath();
      requests.add(
          path + (range == null ? "" : " " + range) + (condition == null ? "" : " " + condition));
      String answer = answers.isEmpty() ? "" : answers.remove(0);
      byte[] content = files.get(path);
      if (!answer.isEmpty()) {
        String[] words = answer.split(" ", 3);
        if (words.length == 3) {
          exchange.getResponseHeaders().set(words[1], words[2]);
        }
        exchange.sendResponseHeaders(Integer.parseInt(words[0]), -1);
      } else if (content == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        send(exchange, content, range, condition);
      }
    }
  }

  private void send(
      HttpExchange exchange, byte[] content, @Nullable String range, @Nullable String condition)
      throws IOException {
    if (tag != null) {
      exchange.getResponseHeaders().set("ETag", tag);
    }
    if (!encoding.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Encoding", encoding);
    }
    int from = 0;
    Matcher matcher = RANGE.matcher(String.valueOf(range));
    if (ranges && matcher.matches() && (condition == null || condition.equals(tag))) {
      from = Integer.parseInt(matcher.group(1));
      if (from >= content.length) {
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    exchange.sendResponseHeaders(
        exchange.getResponseHeaders().containsKey("Content-range") ? 206 : 200,
        lengths ? content.length - from : 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(content, from, content.length - from);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
