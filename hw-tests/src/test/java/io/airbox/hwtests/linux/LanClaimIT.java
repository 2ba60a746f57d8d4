package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A new box on somebody's LAN: what it gives before it is claimed, and how it is claimed from
 * there.
 */
@LinuxDoubleTest(appliance = true, minutes = 15)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LanClaimIT {
  private static final String HTTP = "http://" + Lan.BOX + ":8999";
  private static final String HTTPS = "https://" + Lan.BOX + ":8443";
  private static final String PASSPHRASE = "correct horse battery";
  private static final Pattern CODE = Pattern.compile("Claim code: ([0-9A-Z]{4}-[0-9A-Z]{4})");
  private static final Pattern FINGERPRINT =
      Pattern.compile("Certificate SHA-256: ([0-9A-F]{2}(?::[0-9A-F]{2}){31})");

  @BeforeEach
  void startDaemon(Appliance appliance, Console console) {
    appliance.start();
    // HTTPS comes up beside the daemon's readiness: its key may have to be made first
    console
        .run(
            "for i in $(seq 60); do journalctl --boot --unit airboxd.service --output cat"
                + " | grep --quiet 'HTTPS is at' && break; sleep 1; done")
        .orThrow();
  }

  @Test
  @Order(1)
  void servesWhoItIsOverPlainHttp(Lan lan) {
    HttpAnswer status = ask(lan, HTTP + "/api/v1/status");

    assertThat(status.status()).isEqualTo(200);
    assertThat(status.json().path("claimed").asBoolean(true)).isFalse();
    assertThat(ask(lan, HTTP + "/api/v1/session").json().path("channel").asText()).isEqualTo("lan");
    assertThat(ask(lan, HTTP + "/api/v1/packs").status()).isEqualTo(200);
    assertThat(ask(lan, HTTP + "/").status()).isEqualTo(200);
  }

  @Test
  @Order(2)
  void sendsWhoWantsMoreToHttps(Lan lan) {
    HttpAnswer answer = post(lan, HTTP + "/api/v1/claim?from=lan", claim("AAAA-AAAA"));

    assertThat(answer.status()).as(answer.body()).isEqualTo(307);
    assertThat(answer.headers()).containsEntry("location", HTTPS + "/api/v1/claim?from=lan");
    assertThat(answer.json().path("code").asText()).isEqualTo("TLS_REQUIRED");
  }

  @Test
  @Order(3)
  void answersToItsOwnNamesOnly(Lan lan) {
    HttpAnswer plain = ask(lan, HTTP + "/api/v1/status", "--header", "Host: evil.example");
    HttpAnswer secured = ask(lan, HTTPS + "/api/v1/status", "--header", "Host: evil.example");

    assertThat(plain.status()).as(plain.body()).isEqualTo(421);
    assertThat(secured.status()).as(secured.body()).isEqualTo(421);
  }

  @Test
  @Order(4)
  void showsTheCertificateThatItsJournalNames(Lan lan, Appliance appliance) {
    String shown =
        lan.run(
                "bash",
                "-c",
                "openssl s_client -connect "
                    + Lan.BOX
                    + ":8443 </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256")
            .orThrow();

    assertThat(shown.strip()).endsWith("=" + find(FINGERPRINT, appliance.journal()));
  }

  @Test
  @Order(5)
  void isClaimedOnceWithTheCodeOfItsJournal(Lan lan, Appliance appliance) {
    String code = find(CODE, appliance.journal());

    HttpAnswer guess = post(lan, HTTPS + "/api/v1/claim", claim("AAAA-AAAA"));
    assertThat(guess.status()).as(guess.body()).isEqualTo(403);

    HttpAnswer claim = post(lan, HTTPS + "/api/v1/claim", claim(code));
    assertThat(claim.status()).as(claim.body()).isEqualTo(201);
    assertThat(claim.json().path("role").asText()).isEqualTo("owner");

    HttpAnswer second = post(lan, HTTPS + "/api/v1/claim", claim(code));
    assertThat(second.status()).as(second.body()).isEqualTo(409);

    String cookie = claim.headers().get("set-cookie");
    assertThat(cookie)
        .startsWith("__Host-airbox=")
        .contains("Secure")
        .containsIgnoringCase("HttpOnly");
    String pair = cookie.substring(0, cookie.indexOf(';'));
    HttpAnswer forged =
        post(
            lan,
            HTTPS + "/api/v1/keys",
            key(),
            "--cookie",
            pair,
            "--header",
            "Origin: https://evil.example");
    assertThat(forged.status()).as(forged.body()).isEqualTo(403);
    HttpAnswer made =
        post(lan, HTTPS + "/api/v1/keys", key(), "--cookie", pair, "--header", "Origin: " + HTTPS);
    assertThat(made.status()).as(made.body()).isEqualTo(201);

    String bearer = "Authorization: Bearer " + made.json().path("key").asText();
    HttpAnswer session = ask(lan, HTTPS + "/api/v1/session", "--header", bearer);
    assertThat(session.json().path("role").asText()).isEqualTo("operator");
    assertThat(session.json().path("channel").asText()).isEqualTo("tls");
    HttpAnswer system = ask(lan, HTTPS + "/api/v1/system", "--header", bearer);
    assertThat(system.json().path("hostname").asText()).isEqualTo("sophon");
    // an operator's key that travels in the clear is as good as lost
    HttpAnswer clear = ask(lan, HTTP + "/api/v1/packs", "--header", bearer);
    assertThat(clear.status()).as(clear.body()).isEqualTo(403);
    // who had a foot in the door as a guest learns nothing of the owner's things
    assertThat(ask(lan, HTTPS + "/api/v1/keys").status()).isEqualTo(401);
  }

  private static HttpAnswer ask(Lan lan, String url, String... options) {
    List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
    // whose certificate it is, its own test says
    command.addAll(List.of("--include", "--insecure", "--max-time", "60"));
    command.addAll(List.of(options));
    command.add(url);
    return HttpAnswer.of(lan.run(command.toArray(String[]::new)));
  }

  private static HttpAnswer post(Lan lan, String url, String json, String... options) {
    List<String> all = new ArrayList<>(List.of("--header", "Content-Type: application/json"));
    all.addAll(List.of("--data", json));
    all.addAll(List.of(options));
    return ask(lan, url, all.toArray(String[]::new));
  }

  private static String claim(String code) {
    return "{\"code\":\"" + code + "\",\"passphrase\":\"" + PASSPHRASE + "\"}";
  }

  private static String key() {
    return "{\"name\":\"kitchen\",\"role\":\"operator\"}";
  }

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }
}
