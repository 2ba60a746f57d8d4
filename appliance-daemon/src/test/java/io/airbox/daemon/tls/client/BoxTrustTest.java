package io.airbox.daemon.tls.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tls.Fingerprint;
import io.airbox.daemon.tls.InetNames;
import io.airbox.daemon.tls.TlsIdentity;
import io.airbox.daemon.tls.client.BoxIdentityException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions within real handshakes of the client that the command line uses. */
class BoxTrustTest {
  private static Vertx vertx;

  @TempDir Path home;

  private KnownBoxes known;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
  }

  @BeforeEach
  void forgetAll() {
    known = new KnownBoxes(home.resolve("known_boxes"));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private TlsIdentity identity(String folder, InstantSource clock) {
    return BoxTls.open(
            home.resolve(folder), () -> new InetNames.Snapshot("box", List.of()), List.of(), clock)
        .identity()
        .orElseThrow();
  }

  private TlsIdentity identity(String folder) {
    return identity(folder, InstantSource.system());
  }

  private static BoxAddress serve(TlsIdentity identity, String host, int port) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addKeyValue(Buffer.buffer(identity.keyPem()))
                            .addCertValue(Buffer.buffer(identity.chainPem()))))
            .requestHandler(request -> request.response().end("hello"));
    return new BoxAddress(host, await(server.listen(port, host)).actualPort());
  }

  private static BoxAddress serve(TlsIdentity identity) throws Exception {
    return serve(identity, "127.0.0.1", 0);
  }

  private static X509ExtendedTrustManager trusting(TlsIdentity authority) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", authority.leaf());
    return BoxTrust.system(store);
  }

  private static String get(BoxAddress box, BoxTrust trust, boolean checkHost) throws Exception {
    var client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setVerifyHost(checkHost)
                .setTrustOptions(TrustOptions.wrap(trust)));
    try {
      return await(
              client
                  .request(HttpMethod.GET, box.port(), box.host(), "/")
                  .compose(request -> request.send())
                  .compose(response -> response.body()))
          .toString();
    } finally {
      await(client.close());
    }
  }

  private String get(BoxAddress box, @Nullable Fingerprint expected) throws Exception {
    return get(box, BoxTrust.in(box, known, expected), true);
  }

  /** What a refused connection says. */
  private interface Attempt {
    String run() throws Exception;
  }

  private static BoxIdentityException refusal(Attempt attempt) throws Exception {
    try {
      attempt.run();
    } catch (ExecutionException e) {
      return BoxIdentityException.in(e).orElseThrow(() -> e);
    }
    throw new AssertionError("the connection was accepted");
  }

  private static Fingerprint key(TlsIdentity identity) {
    return Fingerprint.ofPublicKey(identity.leaf());
  }

  @Test
  void aBoxThatNobodyKnowsIsRefusedWithItsKeyAndTrustedOnceRemembered() throws Exception {
    TlsIdentity identity = identity("a");
    BoxAddress box = serve(identity);
    BoxIdentityException unknown = refusal(() -> get(box, null));
    assertThat(unknown)
        .returns(Reason.UNKNOWN, BoxIdentityException::reason)
        .returns(box, BoxIdentityException::box)
        .hasMessageContaining(key(identity).text());
    known.remember(unknown.box(), unknown.presented().orElseThrow());
    assertThat(get(box, null)).isEqualTo("hello");
  }

  @Test
  void aBoxThatChangedItsKeyIsRefused() throws Exception {
    BoxAddress box = serve(identity("a"));
    known.remember(box, key(identity("b")));
    assertThat(refusal(() -> get(box, null)))
        .returns(Reason.CHANGED, BoxIdentityException::reason)
        .hasMessageContaining(key(identity("a")).text())
        .hasMessageContaining(key(identity("b")).text())
        .hasMessageContaining(known.file().toString());
  }

  /** The key proves who it is; a box with a wrong clock is the same box. */
  @Test
  void aKnownBoxIsTrustedWhateverItsCertificateSays() throws Exception {
    Instant then = Instant.parse("2018-01-28T15:58:00Z");
    TlsIdentity expired = identity("a", () -> then);
    BoxAddress box = serve(expired, "127.0.0.2", 0);
    known.remember(box, key(expired));
    assertThat(get(box, null)).isEqualTo("hello");
  }

  @Test
  void aNamedFingerprintDecidesAlone() throws Exception {
    TlsIdentity identity = identity("a");
    BoxAddress box = serve(identity);
    assertThat(get(box, key(identity))).isEqualTo("hello");
    assertThat(get(box, Fingerprint.ofCertificate(identity.leaf()))).isEqualTo("hello");
    known.remember(box, key(identity));
    BoxTrust trust = new BoxTrust(box, known, key(identity("b")), trusting(identity));
    assertThat(refusal(() -> get(box, trust, true)))
        .returns(Reason.UNEXPECTED, BoxIdentityException::reason)
        .hasMessageContaining(key(identity).text());
  }

  @Test
  void whatTheSystemTrustsNeedsNoQuestion() throws Exception {
    TlsIdentity identity = identity("a");
    BoxAddress box = serve(identity);
    BoxTrust trust = new BoxTrust(box, known, null, trusting(identity));
    assertThat(get(box, trust, true)).isEqualTo("hello");
    assertThat(known.find(box)).isEmpty();
  }

  @Test
  void whatTheSystemTrustsForAnotherHostIsUnknown() throws Exception {
    TlsIdentity identity = identity("a");
    BoxAddress elsewhere = serve(identity, "127.0.0.2", 0);
    BoxTrust trust = new BoxTrust(elsewhere, known, null, trusting(identity));
    assertThat(refusal(() -> get(elsewhere, trust, true)))
        .returns(Reason.UNKNOWN, BoxIdentityException::reason);
  }

  @Test
  void aClientThatDoesNotCheckTheHostGetsNoTrustFromTheSystem() throws Exception {
    TlsIdentity identity = identity("a");
    BoxAddress box = serve(identity);
    BoxTrust trust = new BoxTrust(box, known, null, trusting(identity));
    assertThat(refusal(() -> get(box, trust, false)))
        .returns(Reason.UNKNOWN, BoxIdentityException::reason);
  }

  @Test
  void aDamagedListIsNoReasonToTrust() throws Exception {
    BoxAddress box = serve(identity("a"));
    Files.writeString(known.file(), "garbage\n");
    assertThat(refusal(() -> get(box, null)))
        .returns(Reason.UNDECIDED, BoxIdentityException::reason)
        .hasMessageContaining("line 1")
        .hasCauseInstanceOf(IOException.class);
  }
}
