package io.airbox.daemon.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves files of the class path below one folder: read once, compressed once, with an ETag. What
 * is not there is not remembered, so the cache is bounded by what the jars hold.
 */
final class StaticFiles {
  /** One kind of file per entry; others are not served. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/vnd.microsoft.icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/plain; charset=utf-8"));

  private static final Pattern PATH =
      Pattern.compile("(?:[A-Za-z0-9_@][A-Za-z0-9._@+-]*/)*[A-Za-z0-9_@][A-Za-z0-9._@+-]*");

  private final String folder;
  private final String caching;
  private final Map<String, Loaded> files = new ConcurrentHashMap<>();

  /**
   * @param folder on the class path, with a slash at its end
   * @param caching value of {@code Cache-Control}
   */
  StaticFiles(String folder, String caching) {
    this.folder = folder;
    this.caching = caching;
  }

  /** Serves a file, or passes on to the next route when there is none of that path. */
  void serve(RoutingContext context, String path) {
    Loaded known = files.get(path);
    if (known != null) {
      send(context, known);
      return;
    }
    context
        .vertx()
        .executeBlocking(() -> load(path), false)
        .onSuccess(loaded -> loaded.ifPresentOrElse(file -> send(context, file), context::next))
        .onFailure(context::fail);
  }

  private Optional<Loaded> load(String path) throws IOException {
    String type = type(path);
    if (type == null || !PATH.matcher(path).matches()) {
      return Optional.empty();
    }
    URL url = StaticFiles.class.getClassLoader().getResource(folder + path);
    if (url == null) {
      return Optional.empty();
    }
    try (InputStream in = url.openStream()) {
      byte[] content = in.readAllBytes();
      Loaded loaded = new Loaded(type, Buffer.buffer(content), gzip(type, content), tag(content));
      files.put(path, loaded);
      return Optional.of(loaded);
    }
  }

  private static @Nullable String type(String path) {
    return TYPES.get(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static @Nullable Buffer gzip(String type, byte[] content) throws IOException {
    if ((type.startsWith("image/") && !type.contains("svg")) || content.length < 512) {
      return null;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.size() < content.length ? Buffer.buffer(out.toByteArray()) : null;
  }

  private static String tag(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private void send(RoutingContext context, Loaded file) {
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    Buffer compressed = file.gzip();
    boolean gzip = compressed != null && acceptsGzip(request);
    String tag = "\"" + file.tag() + (gzip ? "-gz" : "") + "\"";
    response.putHeader(HttpHeaders.CACHE_CONTROL, caching).putHeader(HttpHeaders.ETAG, tag);
    if (compressed != null) {
      response.putHeader(HttpHeaders.VARY, "Accept-Encoding");
    }
    if (tag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, file.type());
    Buffer body = compressed != null && gzip ? compressed : file.content();
    if (gzip) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    if (HttpMethod.HEAD.equals(request.method())) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end();
    } else {
      response.end(body);
    }
  }

  private static boolean acceptsGzip(HttpServerRequest request) {
    String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
    return accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0");
  }

  private record Loaded(String type, Buffer content, @Nullable Buffer gzip, String tag) {}
}
