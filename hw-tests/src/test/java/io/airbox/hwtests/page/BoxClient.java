package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A program that talks to the box beside the browser, over loopback. */
final class BoxClient {
  static final String PASSPHRASE = "correct horse battery staple";

  private static final Pattern CODE = Pattern.compile("Claim code: (\\S{4}-\\S{4})");

  private static final Pattern FINGERPRINT =
      Pattern.compile("Certificate SHA-256: ([0-9A-F:]{95})");

  private final DaemonProcess daemon;
  private final HttpClient http = HttpClient.newHttpClient();

  BoxClient(DaemonProcess daemon) {
    this.daemon = daemon;
  }

  /** What came back; an empty object for no body. */
  record Reply(int status, JsonObject body) {}

  /** The claim code that the daemon prints soon after its address. */
  String code() {
    return printed(CODE);
  }

  /** The fingerprint of the certificate that the daemon prints once it serves HTTPS. */
  String fingerprint() {
    return printed(FINGERPRINT);
  }

  private String printed(Pattern pattern) {
    return Awaitility.await()
        .alias(pattern + " in what the daemon prints")
        .until(() -> pattern.matcher(daemon.output()), Matcher::find)
        .group(1);
  }

  /** Becomes the owner, with {@link #PASSPHRASE}, and makes an owner's key. */
  String claim() {
    JsonObject claim = new JsonObject().put("code", code()).put("passphrase", PASSPHRASE);
    HttpResponse<String> claimed = send(request("POST", "claim", claim));
    assertThat(claimed.statusCode()).as(claimed.body()).isEqualTo(201);
    String cookie = claimed.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    JsonObject key = new JsonObject().put("name", "Owner's laptop").put("role", "owner");
    HttpResponse<String> made =
        send(
            request("POST", "keys", key)
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin"));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return new JsonObject(made.body()).getString("key");
  }

  /** Makes a key that may do what this role may. */
  String addKey(String ownersKey, String name, String role) {
    JsonObject wanted = new JsonObject().put("name", name).put("role", role);
    return ask(ownersKey, "POST", "keys", wanted).body().getString("key");
  }

  /** An address of this machine that is not loopback; packets to it stay inside. */
  static String addressOfThisMachine() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new AssertionError("this machine has no address but loopback's"));
  }

  /** Asks as somebody with a key, or as a guest without one. */
  Reply ask(@Nullable String key, String method, String path, @Nullable JsonObject body) {
    HttpRequest.Builder request = request(method, path, body);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    HttpResponse<String> reply = send(request);
    return new Reply(
        reply.statusCode(),
        reply.body().isEmpty() ? new JsonObject() : new JsonObject(reply.body()));
  }

  private HttpRequest.Builder request(String method, String path, @Nullable JsonObject body) {
    URI address = daemon.address().resolve("/api/v1/" + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    return body == null
        ? request.method(method, BodyPublishers.noBody())
        : request
            .method(method, BodyPublishers.ofString(body.encode()))
            .header("Content-Type", "application/json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
