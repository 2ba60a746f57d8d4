package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How replies look to people, letter by letter. */
class ReportsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final String PRINT = "AB:".repeat(31) + "CD";

  private static JsonObject key(String id, String name) {
    return new JsonObject()
        .put("id", id)
        .put("name", name)
        .put("role", "user")
        .put("created", "2026-11-20T12:00:00.000Z")
        .put("expires", null)
        .put("pictures_per_day", null)
        .put("concurrent_jobs", null)
        .put("last_used", null)
        .put("pictures_today", 0);
  }

  @Test
  void keysAreATableWithTimesAsPeopleSayThem() {
    JsonObject keys =
        new JsonObject()
            .put(
                "keys",
                new JsonArray()
                    .add(key("k3v9x2ab", "ci"))
                    .add(
                        key("zz22yy33", "the shop")
                            .put("expires", "2027-02-21T12:00:00.000Z")
                            .put("last_used", "2026-11-23T11:57:00.000Z")
                            .put("pictures_per_day", 200)
                            .put("pictures_today", 12)
                            .put("concurrent_jobs", 2)));
    assertThat(KeysCommand.table(keys, NOW))
        .isEqualTo(
            """
            ID        NAME      ROLE  CREATED     EXPIRES     LAST USED      PICTURES TODAY  JOBS
            k3v9x2ab  ci        user  3 days ago  never       never          0               any
            zz22yy33  the shop  user  3 days ago  in 90 days  3 minutes ago  12 of 200       at most 2""");
  }

  @Test
  void theAuditLogIsReadFromTopToBottom() {
    JsonObject newest =
        new JsonObject()
            .put("number", 12)
            .put("time", "2026-11-23T11:59:00.123Z")
            .put("actor", "owner")
            .put("address", "192.0.2.7")
            .put("channel", "tls")
            .put("action", "guests.set")
            .put("target", null)
            .put("before", "on")
            .put("after", "off")
            .put("outcome", "done");
    JsonObject older =
        newest
            .copy()
            .put("number", 9)
            .put("actor", "local")
            .put("address", "socket")
            .put("channel", "socket")
            .put("action", "key.add")
            .put("target", "k3v9x2ab")
            .put("before", null)
            .put("after", "\u001b[2Jci, user");
    assertThat(AuditCommand.lines(new JsonArray().add(newest).add(older)))
        .isEqualTo(
            """
            9   2026-11-23T11:59:00Z  local  socket         done  key.add k3v9x2ab: �[2Jci, user
            12  2026-11-23T11:59:00Z  owner  192.0.2.7 tls  done  guests.set: on → off""");
  }

  @Test
  void aCertificateIsItsNamesDatesAndFingerprints() {
    JsonObject certificate =
        new JsonObject()
            .put("source", "uploaded")
            .put("names", new JsonArray().add("airbox.local").add("192.0.2.7"))
            .put("not_before", "2026-11-23T00:00:00Z")
            .put("not_after", "2027-02-21T12:00:00Z")
            .put("sha256", PRINT)
            .put("public_key_sha256", PRINT);
    assertThat(CertificateCommand.facts(certificate, NOW))
        .isEqualTo(
            """
            source               uploaded: installed by the owner
            names                airbox.local, 192.0.2.7
            valid from           2026-11-23T00:00:00Z (12 hours ago)
            valid until          2027-02-21T12:00:00Z (in 90 days)
            certificate SHA-256  %s
            public key SHA-256   %s"""
                .formatted(PRINT, PRINT));
  }
}
