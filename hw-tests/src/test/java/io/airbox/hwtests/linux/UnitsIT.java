package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon and its helper as systemd runs them: readiness, sandbox, root work, restarts. */
@LinuxDoubleTest(appliance = true, minutes = 15)
class UnitsIT {
  /**
   * What systemd-analyze may say of the daemon (0 is shut in, 10 open). Left are the network, which
   * it serves, and memory that is written and executed, which a JVM needs.
   */
  private static final double HIGHEST_EXPOSURE = 1.7;

  private static final String HELPER_SOCKET = "/run/airbox/helper.sock";

  /**
   * Asks the helper for the machine's restart, dry run, and prints what comes back; argument: the
   * socket's path.
   */
  private static final String ASK_HELPER =
      """
      import socket, struct, sys
      s = socket.socket(socket.AF_UNIX)
      s.settimeout(60)
      try:
          s.connect(sys.argv[1])
      except OSError as e:
          print("connect:", e.strerror)
          sys.exit()
      body = b"".join(struct.pack(">H", len(f)) + f for f in (b"airbox-helper/1", b"reboot", b"dry-run"))
      reply = b""
      try:
          s.sendall(struct.pack(">I", len(body)) + body)
          while chunk := s.recv(4096):
              reply += chunk
      except OSError as e:
          print("broken:", e.strerror)
      print("reply:", reply)
      """;

  @BeforeEach
  void startDaemon(Appliance appliance) {
    appliance.start();
  }

  @Test
  void isReadyWhenSystemdSaysSo(Console console) {
    console.run("systemctl stop airboxd.service").orThrow();

    String answer =
        console
            .run(
                "systemctl start airboxd.service"
                    + " && systemctl is-active airboxd.service"
                    + " && curl --silent --show-error --fail http://127.0.0.1:8999/healthz",
                Appliance.START)
            .orThrow();

    assertThat(answer).startsWith("active\n");
  }

  @Test
  void unitsAreWithoutFault(Console console) {
    assertThat(
            console
                .run(
                    "systemd-analyze verify --man=no /usr/lib/systemd/system/airboxd.service"
                        + " /usr/lib/systemd/system/airbox-helper.socket"
                        + " /usr/lib/systemd/system/airbox-helper@.service")
                .orThrow())
        .isEmpty();
  }

  @Test
  void isShutIn(Console console) {
    String rating = console.run("systemd-analyze security --no-pager airboxd.service").orThrow();

    Matcher overall =
        Pattern.compile("Overall exposure level for airboxd.service: ([0-9.]+)").matcher(rating);
    assertThat(overall.find()).as(rating).isTrue();
    assertThat(Double.parseDouble(overall.group(1))).as(rating).isLessThan(HIGHEST_EXPOSURE);
  }

  @Test
  void anOwnerCanLetItUseSerialAdaptersAndNothingElse(Console console) {
    String shown =
        console
            .run(
                "install -D /usr/share/airbox/serial-adapters.conf"
                    + " /run/systemd/system/airboxd.service.d/serial-adapters.conf"
                    + " && systemctl daemon-reload"
                    + " && systemctl show --property"
                    + " PrivateDevices,DevicePolicy,DeviceAllow,SupplementaryGroups airboxd"
                    + " ; rm -r /run/systemd/system/airboxd.service.d; systemctl daemon-reload")
            .orThrow();

    assertThat(shown.lines().map(String::strip))
        .contains(
            "PrivateDevices=no",
            "DevicePolicy=closed",
            "DeviceAllow=char-ttyUSB rw",
            "DeviceAllow=char-ttyACM rw",
            "SupplementaryGroups=airbox-operator airbox-user dialout");
  }

  @Test
  void runsAsItsOwnUserWithoutAnyPrivilege(Console console, Appliance appliance) {
    String status = console.run("cat /proc/" + appliance.pid() + "/status").orThrow();
    String user = console.run("id --user airbox").orThrow().strip();

    assertThat(status)
        .containsPattern("(?m)^Uid:\\t" + user + "\\t" + user + "\\t" + user + "\\t" + user + "$")
        .containsPattern("(?m)^CapInh:\\t0+$")
        .containsPattern("(?m)^CapPrm:\\t0+$")
        .containsPattern("(?m)^CapEff:\\t0+$")
        .containsPattern("(?m)^CapBnd:\\t0+$")
        .containsPattern("(?m)^CapAmb:\\t0+$")
        .containsPattern("(?m)^NoNewPrivs:\\t1$")
        .containsPattern("(?m)^Seccomp:\\t2$");
  }

  /** Even root cannot, once it is in the daemon's mount namespace. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/intruder",
        "/usr/intruder",
        "/usr/lib/airbox/intruder",
        "/root/intruder",
        "/home/intruder",
        "/data/intruder",
        "/var/lib/intruder",
        "/run/intruder"
      })
  void cannotWriteOutsideItsFolders(String file, Console console, Appliance appliance) {
    CommandResult touch = console.run(inside(appliance, "touch " + file));

    assertThat(touch.status()).as(touch.output()).isNotZero();
    assertThat(console.run("test -e " + file).status()).isNotZero();
  }

  @Test
  void writesIntoItsFolders(Console console, Appliance appliance) {
    for (String folder : new String[] {"/data/airbox", "/run/airbox"}) {
      console
          .run(
              inside(
                  appliance,
                  "setpriv --reuid airbox --regid airbox --clear-groups sh -c 'touch "
                      + folder
                      + "/probe && rm "
                      + folder
                      + "/probe'"))
          .orThrow();
    }
  }

  @Test
  void seesNeitherHomesNorDisksNorOtherProcesses(Console console, Appliance appliance) {
    console.run("echo secret >/home/linaro/diary && chmod 666 /home/linaro/diary").orThrow();

    assertThat(console.run(inside(appliance, "cat /home/linaro/diary")).output())
        .doesNotContain("secret");
    assertThat(console.run(inside(appliance, "ls /dev")).orThrow().split("\\s+"))
        .contains("null", "urandom")
        .doesNotContain("vda", "mem", "kmsg", "ttyS0", "rtc0");
    assertThat(
            console
                .run(
                    inside(
                        appliance,
                        "setpriv --reuid airbox --regid airbox --clear-groups ls -d /proc/1"))
                .status())
        .isNotZero();
  }

  @Test
  void namesTheMachineThroughTheHelper(Console console, Appliance appliance) {
    HttpAnswer rehearsal =
        appliance.asOwner(
            "PUT", "/api/v1/system/hostname", "{\"hostname\":\"airbox-2\",\"dry_run\":true}");
    assertThat(rehearsal.status()).as(rehearsal.body()).isEqualTo(200);
    assertThat(rehearsal.json().path("dry_run").asBoolean()).isTrue();
    assertThat(console.run("hostname; cat /etc/hostname").orThrow()).isEqualTo("sophon\nsophon\n");

    HttpAnswer done =
        appliance.asOwner("PUT", "/api/v1/system/hostname", "{\"hostname\":\"airbox-2\"}");

    assertThat(done.status()).as(done.body()).isEqualTo(200);
    assertThat(done.json().path("steps")).isEqualTo(rehearsal.json().path("steps")).isNotEmpty();
    assertThat(console.run("hostname; cat /etc/hostname").orThrow())
        .isEqualTo("airbox-2\nairbox-2\n");
    // from within its sandbox the daemon sees the new name, too
    assertThat(appliance.asOwner("/api/v1/system").json().path("hostname").asText())
        .isEqualTo("airbox-2");
    assertThat(console.run("getent hosts airbox-2").orThrow()).contains("127.0.1.1");
    assertThat(console.run("journalctl --boot --identifier airbox-helper --output cat").orThrow())
        .contains("hostname-set");

    appliance.asOwner("PUT", "/api/v1/system/hostname", "{\"hostname\":\"sophon\"}");
  }

  @Test
  void letsOnlyTheDaemonsUserAskTheHelper(Console console) {
    console.put(ASK_HELPER, "/usr/local/bin/ask-helper");
    String ask = "python3 /usr/local/bin/ask-helper " + HELPER_SOCKET;

    assertThat(console.run("setpriv --reuid airbox --regid airbox --clear-groups " + ask).orThrow())
        .contains("reply:")
        .contains("restart the machine");
    assertThat(console.run("runuser --user linaro -- " + ask).orThrow())
        .isEqualTo("connect: Permission denied\n");

    // were the file's mode to slip, the helper would still ask the kernel who calls
    console.run("chmod 666 " + HELPER_SOCKET).orThrow();
    String refused = console.run("runuser --user linaro -- " + ask).orThrow();
    console.run("chmod 660 " + HELPER_SOCKET).orThrow();
    assertThat(refused).doesNotContain("connect:").doesNotContain("restart the machine");
    assertThat(console.run("journalctl --boot --identifier airbox-helper --output cat").orThrow())
        .contains("linaro");
  }

  @Test
  void isStartedAnewAfterItWasKilled(Console console, Appliance appliance) {
    String pid = appliance.pid();

    console.run("kill -KILL " + pid).orThrow();

    appliance.awaitRestart(pid);
    assertThat(appliance.asOwner("/api/v1/status").status()).isEqualTo(200);
  }

  @Test
  void isStartedAnewWhenItsEventLoopHangs(Console console, Appliance appliance) {
    // the unit's minute would be a long test; what pings and what is done about silence is the
    // unit's own
    console.run("mkdir -p /run/systemd/system/airboxd.service.d").orThrow();
    console.put(HangingLoop.jar(), "/data/airbox/hang.jar", "644");
    console.put(
        """
        [Service]
        WatchdogSec=20
        Environment="AIRBOX_JAVA_OPTS=-javaagent:/data/airbox/hang.jar=/data/airbox"
        """,
        "/run/systemd/system/airboxd.service.d/hang.conf");
    console
        .run("systemctl daemon-reload && systemctl restart airboxd.service", Appliance.START)
        .orThrow();
    String pid = appliance.pid();
    // it lives beyond the limit as long as the loop turns
    console.run("sleep 25").orThrow();
    assertThat(appliance.pid()).isEqualTo(pid);

    long hung = Long.parseLong(console.run("touch /data/airbox/hang; date +%s").orThrow().strip());

    long lastBeat =
        Long.parseLong(
            console
                .run(
                    "while kill -0 "
                        + pid
                        + " 2>/dev/null; do sleep 0.2; done; cat /data/airbox/beats",
                    Appliance.START)
                .orThrow()
                .strip());
    assertThat(lastBeat - hung).as("seconds that the rest of the process went on").isPositive();
    appliance.awaitRestart(pid);
    assertThat(appliance.journal())
        .contains("Watchdog timeout (limit 20s)!")
        .contains("\"vert.x-eventloop-thread-0\"");
    console
        .run(
            "systemctl stop airboxd.service; rm -r /run/systemd/system/airboxd.service.d"
                + " /data/airbox/hang.jar /data/airbox/beats; systemctl daemon-reload")
        .orThrow();
  }

  private static String inside(Appliance appliance, String command) {
    return "nsenter --target " + appliance.pid() + " --mount -- " + command;
  }
}
