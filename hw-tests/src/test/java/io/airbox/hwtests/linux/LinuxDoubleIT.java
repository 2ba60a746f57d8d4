package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The double is what the suites take it for: Debian with the box's login, LAN and power switch. */
@LinuxDoubleTest
@TestMethodOrder(MethodOrderer.MethodName.class)
class LinuxDoubleIT {
  @Test
  void hasTheBoxsBase(Console console) {
    assertThat(console.run("cat /etc/hostname").orThrow()).isEqualTo("sophon\n");
    assertThat(console.run("id -nG linaro").orThrow()).contains("sudo");
    assertThat(console.run("systemctl --version").orThrow()).startsWith("systemd 247");
    assertThat(console.run("java -version").orThrow()).contains("17.");
    assertThat(console.run("systemctl --failed --no-legend").orThrow()).isEmpty();
  }

  @Test
  void answersOnItsLanAsLongAsTheCableIsPluggedIn(LinuxDouble box, Lan lan, Console console) {
    console
        .run("until ip -4 -o address show dev eth1 | grep -q " + Lan.BOX + "; do sleep 0.5; done")
        .orThrow();
    assertThat(console.run(ping(10)).status()).isZero();
    // nothing listens on port 9, and only a box that is there says so
    assertThat(lan.run("bash", "-c", "exec 3<>/dev/tcp/" + Lan.BOX + "/9").errors())
        .contains("refused");

    box.link(1, false);
    awaitCarrier(console, 0);
    assertThat(console.run(ping(1)).status()).isNotZero();

    box.link(1, true);
    awaitCarrier(console, 1);
    assertThat(console.run(ping(10)).status()).isZero();
  }

  @Test
  void reachesNothingBeyondItsLan(Lan lan, Console console) {
    assertThat(console.run("ip -4 route show default").orThrow()).isEmpty();
    assertThat(lan.run("ip", "-4", "route", "show", "default").orThrow()).isEmpty();
  }

  @Test
  void losesWithThePowerWhatItsDiskHadNotYet(LinuxDouble box, Console console) {
    console.run("echo kept >/root/synced && sync /root/synced /root").orThrow();
    console.run("sysctl -q vm.dirty_writeback_centisecs=0; echo lost >/root/unsynced").orThrow();

    box.powerCut();

    assertThatExceptionOfType(ConsoleException.class)
        .isThrownBy(() -> console.expect(Duration.ofSeconds(1), "login: "))
        .withMessageContaining("power cut");
    box.shell();
    assertThat(console.run("cat /root/synced").orThrow()).isEqualTo("kept\n");
    assertThat(console.run("cat /root/unsynced").output()).doesNotContain("lost");
  }

  @Test
  void obeysThePowerButton(LinuxDouble box, Console console) {
    console.run("echo kept >/root/unsynced-again").orThrow();

    box.powerButton();
    box.awaitPowerOff(LinuxDouble.BOOT);
    box.shell();

    assertThat(console.run("cat /root/unsynced-again").orThrow()).isEqualTo("kept\n");
  }

  @Test
  void isASerialPortForOtherPrograms(LinuxDouble box, Console console) throws IOException {
    String port = box.serialPort().toString();

    try (OutputStream typing = Files.newOutputStream(box.serialPort())) {
      typing.write("echo said-to-$((6 * 7))\r".getBytes(StandardCharsets.UTF_8));
      console.expect(Console.COMMAND, "said-to-42");
      assertThat(HostCommand.run(Console.COMMAND, List.of("timeout", "1", "cat", port)).output())
          .contains("said-to-42");
    }
    assertThat(console.run("true").status()).isZero();
  }

  private static String ping(int seconds) {
    return "ping -c 1 -W " + seconds + " " + Lan.ADDRESS;
  }

  private static void awaitCarrier(Console console, int carrier) {
    console
        .run(
            "until [ \"$(cat /sys/class/net/eth1/carrier)\" = "
                + carrier
                + " ]; do sleep 0.2; done")
        .orThrow();
  }
}
