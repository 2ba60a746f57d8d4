package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What the box has said is done stays done when the power fails the moment after. */
@LinuxDoubleTest(appliance = true, minutes = 15)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PowerCutIT {
  private static final String PASSPHRASE = "correct horse battery";

  @BeforeEach
  void nothingReachesTheDiskByItself(Console console, Appliance appliance) {
    appliance.start();
    // the kernel writes nothing out for an hour: what is on the disk, somebody has waited for
    console
        .run("sync; sysctl --quiet vm.dirty_writeback_centisecs=0 vm.dirty_expire_centisecs=360000")
        .orThrow();
  }

  @Test
  @Order(1)
  void aClaimIsKept(LinuxDouble box, Appliance appliance) {
    HttpAnswer claim =
        appliance.asOwner("POST", "/api/v1/claim", "{\"passphrase\":\"" + PASSPHRASE + "\"}");
    box.powerCut();
    assertThat(claim.status()).as(claim.body()).isEqualTo(201);

    box.shell();
    appliance.start();

    assertThat(appliance.asOwner("/api/v1/status").json().path("claimed").asBoolean()).isTrue();
    HttpAnswer again =
        appliance.asOwner("POST", "/api/v1/claim", "{\"passphrase\":\"another one, longer\"}");
    assertThat(again.status()).as(again.body()).isEqualTo(409);
    assertThat(appliance.journal()).doesNotContain("DAMAGED");
  }

  @Test
  @Order(2)
  void aKeyIsKept(LinuxDouble box, Appliance appliance, Console console) {
    HttpAnswer made =
        appliance.asOwner("POST", "/api/v1/keys", "{\"name\":\"kitchen\",\"role\":\"user\"}");
    box.powerCut();
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String key = made.json().path("key").asText();

    box.shell();
    appliance.start();

    HttpAnswer session =
        appliance.curl(
            "--header 'Authorization: Bearer " + key + "' http://127.0.0.1:8999/api/v1/session");
    assertThat(session.status()).as(session.body()).isEqualTo(200);
    assertThat(session.json().path("role").asText()).isEqualTo("user");
    assertThat(appliance.asOwner("/api/v1/audit").json().path("entries").findValuesAsText("action"))
        .anyMatch(action -> action.startsWith("key"));
    // the kernel found nothing to mend but its journal, and no half-written file of ours is left
    assertThat(console.run("dmesg --level err,crit,alert,emerg").orThrow()).isEmpty();
    assertThat(console.run("find /data/airbox -name '*.tmp*' -o -name '.*.part'").orThrow())
        .isEmpty();
  }
}
