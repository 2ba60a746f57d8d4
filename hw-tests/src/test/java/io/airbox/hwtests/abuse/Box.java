package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The daemon under attack, with what its rightful users know of it. */
final class Box implements AutoCloseable {
  /** Crockford's base 32 in two groups of four, as it is announced. */
  private static final Pattern CLAIM_CODE =
      Pattern.compile("Claim code: ([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\\b");

  /** What only the inside of the program says. */
  private static final Pattern INSIDES =
      Pattern.compile(
          "\\tat |Exception|\\b(?:java|io\\.vertx|io\\.netty|io\\.airbox|com\\.fasterxml)\\.");

  private final DaemonProcess process;
  private final Path data;
  private final Path sockets;
  private final InetSocketAddress plain;
  private final AtomicInteger strangers = new AtomicInteger();

  /** What nobody may find anywhere, by the secret. */
  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  private volatile String passphrase = "";
  private volatile @Nullable InetSocketAddress tls;

  /**
   * Starts the daemon.
   *
   * @param data its DATA
   * @param sockets where its sockets are made
   * @param settings that differ from the defaults
   */
  Box(Path data, Path sockets, Map<String, String> settings) {
    this.data = data;
    this.sockets = sockets;
    process = DaemonProcess.start(data, settings, List.of());
    plain = new InetSocketAddress("127.0.0.1", process.address().getPort());
  }

  DaemonProcess process() {
    return process;
  }

  Path data() {
    return data;
  }

  InetSocketAddress plain() {
    return plain;
  }

  /** The port over TLS, as the daemon itself names it. */
  InetSocketAddress tls() {
    InetSocketAddress known = tls;
    if (known == null) {
      String url =
          await(() -> ask(Request.get("/api/v1/session")).json().getString("https"), "no HTTPS");
      known = new InetSocketAddress("127.0.0.1", URI.create(url).getPort());
      tls = known;
    }
    return known;
  }

  /** The Host that a browser would send to the plain port. */
  String host() {
    return "127.0.0.1:" + plain.getPort();
  }

  /** The daemon's sockets by their file name. */
  Path socket(String name) {
    return sockets.resolve(name);
  }

  /** A loopback address that nobody has used yet. */
  String stranger() {
    int number = strangers.incrementAndGet();
    return "127.64." + number / 250 + "." + (number % 250 + 1);
  }

  /** Remembers a secret; at the end nothing may show it. */
  String secret(String what, String value) {
    secrets.put(value, what);
    return value;
  }

  /** What each secret is. */
  Map<String, String> secrets() {
    return secrets;
  }

  /** The box has been claimed with this passphrase. */
  void belongsTo(String owners) {
    passphrase = secret("the owner's passphrase", owners);
  }

  String passphrase() {
    return passphrase;
  }

  /** Signs in as the owner, from an address that has not tried before. */
  Answer owner() {
    return ask(signIn("passphrase", passphrase));
  }

  /** A request to sign in by {@code passphrase} or {@code key}. */
  static Request signIn(String by, String secret) {
    return Request.post("/api/v1/session", new JsonObject().put(by, secret).encode());
  }

  /** The session cookie of a reply, as a request presents it, remembered as a secret. */
  String cookie(String what, Answer reply) {
    for (String line : reply.all("Set-Cookie")) {
      String pair = line.split(";", 2)[0];
      if (pair.startsWith("airbox_login=") || pair.startsWith("__Host-airbox=")) {
        secret(what, pair.substring(pair.indexOf('=') + 1));
        return pair;
      }
    }
    throw new AssertionError("no session cookie in " + reply);
  }

  /**
   * Makes an API key as the owner.
   *
   * @param fields besides name and role
   */
  Key key(String name, String role, JsonObject fields) {
    JsonObject body = new JsonObject().put("name", name).put("role", role).mergeIn(fields);
    Answer reply = askOnSocket("api.sock", Request.post("/api/v1/keys", body.encode())).has(201);
    String key = reply.json().getString("key");
    secret("the secret of key " + name, key.substring("abx_".length() + 8 + 1));
    return new Key(reply.json().getString("id"), key);
  }

  /** Makes an API key of a role, without limits. */
  Key key(String role) {
    return key(role + " " + strangers.incrementAndGet(), role, new JsonObject());
  }

  /** Revokes an API key. */
  void revoke(Key key) {
    askOnSocket("api.sock", Request.of("DELETE", "/api/v1/keys/" + key.id())).has(204);
  }

  /**
   * An API key.
   *
   * @param id by which it is listed and revoked
   * @param text as a client presents it
   */
  record Key(String id, String text) {}

  /** The claim code announced last. */
  String claimCode() {
    return secret("a claim code", claimCode(process));
  }

  /** The claim code that a daemon has announced last; it comes shortly after the address. */
  static String claimCode(DaemonProcess daemon) {
    return await(
        () ->
            CLAIM_CODE
                .matcher(daemon.output())
                .results()
                .reduce((first, second) -> second)
                .map(match -> match.group(1))
                .orElse(null),
        "no claim code");
  }

  private static <T> T await(Supplier<@Nullable T> answer, String otherwise) {
    return Awaitility.await(otherwise)
        .atMost(Duration.ofSeconds(30))
        .until(answer::get, value -> value != null);
  }

  /** Asks as a stranger over plain HTTP from this machine. */
  Answer ask(Request request) {
    return ask(stranger(), request);
  }

  /** Asks from a loopback address. */
  Answer ask(String from, Request request) {
    try (Wire wire = Wire.connect(plain, from)) {
      wire.say(request.wire(host()));
      return clean(wire.answer());
    }
  }

  /** Asks over TLS. */
  Answer askSecurely(String from, Request request) {
    InetSocketAddress port = tls();
    try (Wire wire = Wire.secure(port, from, trust())) {
      wire.say(request.wire("127.0.0.1:" + port.getPort()));
      return clean(wire.answer());
    }
  }

  /** Asks through one of the sockets. */
  Answer askOnSocket(String name, Request request) {
    try (Wire wire = Wire.unix(socket(name))) {
      wire.say(request.wire("box"));
      return clean(wire.answer());
    }
  }

  /** Says something to the plain port and reads everything until the daemon hangs up. */
  String talk(String text) {
    try (Wire wire = Wire.connect(plain, stranger())) {
      wire.say(text);
      String all = wire.rest();
      assertThat(all).doesNotContainPattern(INSIDES);
      return all;
    }
  }

  /** As {@link #talk}, taken apart. */
  List<Answer> answers(String text) {
    try (Wire wire = Wire.connect(plain, stranger())) {
      wire.say(text);
      List<Answer> answers = wire.answers();
      answers.forEach(Box::clean);
      return answers;
    }
  }

  /** No answer shows the program from inside, and none can be taken for a page. */
  static Answer clean(Answer answer) {
    if (answer.status() >= 400) {
      assertThat(answer.status()).as("%s", answer).isNotEqualTo(500);
      assertThat(answer.body()).doesNotContainPattern(INSIDES);
    }
    return answer;
  }

  /** Trusts the box's certificate and no other. */
  SSLContext trust() {
    tls(); // the certificate is there when the port is
    String pem = ask(Request.get("/api/v1/certificate")).json().getString("pem");
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
        store.setCertificateEntry("box-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError("the box's certificate cannot be trusted:\n" + pem, e);
    }
  }

  /** A client as well-meaning programs have it. */
  HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(20))
        .sslContext(trust())
        .build();
  }

  @Override
  public void close() {
    process.close();
  }
}
