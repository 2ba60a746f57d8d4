package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an outbox has promised is there after the power was cut while it wrote on. */
@Tag("long")
@LinuxDoubleTest(appliance = true, minutes = 25)
class OutboxPowerCutIT {
  private static final int RECORDS = 100_000;
  private static final Duration LONG = Duration.ofMinutes(8);
  private static final Pattern PROMISED = Pattern.compile("promised (\\d+)\\.");
  private static final Pattern THERE = Pattern.compile("there (\\d+)\\.");
  private static final String CLASSES = "/root/classes";
  private static final String JAVA =
      "java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
          + CLASSES
          + ":/usr/lib/airbox/lib/*' "
          + OutboxLife.class.getName();

  @Test
  void aHundredThousandRecordsSurvive(LinuxDouble box, Console console)
      throws IOException, InterruptedException {
    // the kernel writes nothing out for an hour: what is on the disk, the outbox has waited for
    console
        .run("sync; sysctl --quiet vm.dirty_writeback_centisecs=0 vm.dirty_expire_centisecs=360000")
        .orThrow();
    install(console);
    console.run("sync").orThrow();
    console.send(JAVA + " write /root/outbox " + RECORDS + "\r");
    console.expect(LONG, "promised " + RECORDS + ".");
    TimeUnit.MILLISECONDS.sleep(new Random().nextInt(3000));
    box.powerCut();
    int promised = last(PROMISED, Files.readString(box.consoleLog()));

    int there = last(THERE, box.shell().run(JAVA + " read /root/outbox", LONG).orThrow());
    assertThat(promised).isGreaterThanOrEqualTo(RECORDS);
    assertThat(there).isGreaterThanOrEqualTo(promised); // the line is too slow to tell all
    assertThat(last(THERE, box.shell().run(JAVA + " read /root/outbox", LONG).orThrow()))
        .as("what has arrived is gone")
        .isZero();
  }

  private static void install(Console console) throws IOException {
    String file = OutboxLife.class.getName().replace('.', '/') + ".class";
    console.run("mkdir -p " + CLASSES + "/" + file.substring(0, file.lastIndexOf('/'))).orThrow();
    console.put(
        Files.readAllBytes(Checkout.path("hw-tests/target/test-classes/" + file)),
        CLASSES + "/" + file,
        "0644");
  }

  private static int last(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    int found = -1;
    while (matcher.find()) {
      found = Integer.parseInt(matcher.group(1));
    }
    assertThat(found).as(text.substring(Math.max(0, text.length() - 500))).isNotNegative();
    return found;
  }
}
