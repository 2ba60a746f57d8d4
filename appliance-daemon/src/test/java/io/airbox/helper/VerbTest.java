package io.airbox.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerbTest {
  @TempDir Path root;
  private TestMachine box;

  @BeforeEach
  void machine() {
    box = new TestMachine(root);
  }

  private List<Step> plan(String verb, Map<String, String> arguments) throws Exception {
    return Verb.plan(new Request(verb, false, new TreeMap<>(arguments)), box.machine);
  }

  private void perform(String verb, Map<String, String> arguments) throws Exception {
    for (Step step : plan(verb, arguments)) {
      step.run(box.machine);
    }
  }

  private Reply.Refused refusal(String verb, Map<String, String> arguments) {
    return catchThrowableOfType(RefusedException.class, () -> plan(verb, arguments)).reply();
  }

  @Test
  void givesTheMachineAName() throws Exception {
    box.write("etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1 old.lan old\n::1 ip6\n");

    perform("hostname-set", Map.of("hostname", "box-1"));

    assertThat(box.calls())
        .containsExactly("/usr/bin/hostnamectl --no-ask-password set-hostname box-1");
    assertThat(box.text("etc/hostname")).isEqualTo("box-1\n");
    assertThat(box.text("etc/hosts"))
        .isEqualTo("127.0.0.1\tlocalhost\n127.0.1.1\tbox-1\n::1 ip6\n");
    for (String file : List.of("etc/hostname", "etc/hosts")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(file))))
          .isEqualTo("rw-r--r--");
    }
    try (var files = Files.list(root.resolve("etc"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aNameThatIsNotTakenLeavesTheFiles() throws Exception {
    box.script(Program.HOSTNAMECTL, "echo 'Access denied' >&2; exit 1");

    StepFailedException failure =
        catchThrowableOfType(
            StepFailedException.class, () -> perform("hostname-set", Map.of("hostname", "box-1")));

    assertThat(failure.reply().step()).startsWith("set the host name to \"box-1\"");
    assertThat(failure.reply().message())
        .isEqualTo("/usr/bin/hostnamectl ended with 1: Access denied");
    assertThat(root.resolve("etc/hostname")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "'','127.0.0.1\tlocalhost|127.0.1.1\tn|'",
    "'127.0.0.1 localhost|::1 x|','127.0.0.1 localhost|127.0.1.1\tn|::1 x|'",
    "'# mine|','127.0.1.1\tn|# mine|'",
    "'127.0.1.1','127.0.1.1\tn|'",
    "' 127.0.1.1 a # b|127.0.1.10 c|','127.0.1.1\tn|127.0.1.10 c|'"
  })
  void changesOneLineOfHosts(String before, String after) {
    assertThat(new Hostname("n").in(before.replace('|', '\n'))).isEqualTo(after.replace('|', '\n'));
  }

  @Provide
  Arbitrary<String> hosts() {
    return Arbitraries.of(
            "127.0.0.1 localhost\n", "127.0.1.1 a b\n", "\n", "# \u00e9\u0000\n", "::1")
        .list()
        .ofMaxSize(8)
        .map(lines -> String.join("", lines));
  }

  @Property
  void aSecondTimeChangesNothing(@ForAll("hosts") String hosts) {
    String once = new Hostname("box").in(hosts);

    assertThat(new Hostname("box").in(once)).isEqualTo(once);
    assertThat(once.lines()).contains("127.0.1.1\tbox");
  }

  @Test
  void bytesOfHostsThatAreNoTextStay() throws Exception {
    Files.write(root.resolve("etc/hosts"), new byte[] {'#', (byte) 0xff, (byte) 0x80, '\n'});

    perform("hostname-set", Map.of("hostname", "n"));

    assertThat(Files.readAllBytes(root.resolve("etc/hosts"))).endsWith('#', 0xff, 0x80, '\n');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "0",
        "Box-1",
        "x--y",
        "123",
        "a23456789012345678901234567890123456789012345678901234567890123"
      })
  void takesALabelOfRfc1123(String name) throws Exception {
    assertThat(plan("hostname-set", Map.of("hostname", name))).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-a",
        "a-",
        "a.b",
        "a_b",
        "a b",
        "a\n",
        "a\u0000",
        "é",
        "-",
        "--static",
        "LocalHost",
        "$(reboot)",
        "a;b",
        "a2345678901234567890123456789012345678901234567890123456789012345"
      })
  void refusesWhatIsNoHostName(String name) {
    assertThat(refusal("hostname-set", Map.of("hostname", name)).field()).isEqualTo("hostname");
    assertThat(box.calls()).isEmpty();
  }

  @Property
  void aNameThatIsTakenCanBeNothingElse(@ForAll String name) {
    try {
      Hostname.parse("hostname", name);
    } catch (RefusedException e) {
      return;
    }
    assertThat(name).matches("[A-Za-z0-9-]{1,63}").doesNotStartWith("-").doesNotEndWith("-");
  }

  @Test
  void setsBothClocks() throws Exception {
    box.write("dev/rtc0", "");

    perform("time-set", Map.of("time", "2027-06-01T14:00:00.75+02:00"));

    assertThat(box.calls())
        .containsExactly(
            "/usr/bin/timedatectl show --property=NTPSynchronized --value",
            "/bin/date --utc --set=@1811851200",
            "/sbin/hwclock --systohc");
  }

  @Test
  void aMachineWithoutAHardwareClockHasOneLess() throws Exception {
    assertThat(plan("time-set", Map.of("time", "2027-06-01T12:00:00Z"))).hasSize(1);
  }

  @Test
  void leavesAClockThatATimeServerKeeps() throws Exception {
    box.script(Program.TIMEDATECTL, "echo yes");

    Reply.Refused refused = refusal("time-set", Map.of("time", "2027-06-01T12:00:00Z"));

    assertThat(refused.field()).isEqualTo("time");
    assertThat(refused.reason()).contains("NTP").contains("timedatectl set-ntp false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2027-06-01",
        "2027-06-01T12:00:00",
        "2027-06-01 12:00:00Z",
        "2027-02-30T00:00:00Z",
        "2027-06-01T25:00:00Z",
        "+12027-06-01T12:00:00Z",
        "2027-06-01T12:00:00Z\n",
        "@0",
        "2026-11-22T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "9999-12-31T23:59:59-18:00"
      })
  void refusesATimeThatCannotBeMeant(String time) {
    assertThat(refusal("time-set", Map.of("time", time)).field()).isEqualTo("time");
    assertThat(box.calls()).isEmpty();
  }

  @Test
  void restartsAfterTheAnswer() throws Exception {
    perform("reboot", Map.of());

    assertThat(box.calls())
        .containsExactly(
            "/usr/bin/systemd-run --no-ask-password --collect --on-active=2"
                + " --timer-property=AccuracySec=100ms /bin/systemctl reboot");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThat(refusal("shell", Map.of()).reason())
        .isEqualTo(
            "there is no such verb; known: hostname-set, time-set, reboot, network-read,"
                + " network-stage, network-commit, network-revert");
    assertThat(refusal("reboot", Map.of("force", "yes")).field()).isEqualTo("force");
    assertThat(refusal("reboot", Map.of("x".repeat(50_000), "")).field()).isNull();
    assertThat(refusal("hostname-set", Map.of()))
        .isEqualTo(new Reply.Refused("hostname", "is missing"));
    assertThat(refusal("hostname-set", Map.of("hostname", "a", "pretty", "A")).field())
        .isEqualTo("pretty");
  }

  @Test
  void planningChangesNothing() throws Exception {
    box.write("etc/hosts", "127.0.1.1 old\n");

    plan("hostname-set", Map.of("hostname", "new"));
    plan("time-set", Map.of("time", "2027-06-01T12:00:00Z"));
    plan("reboot", Map.of());

    assertThat(box.text("etc/hosts")).isEqualTo("127.0.1.1 old\n");
    assertThat(box.calls())
        .containsExactly("/usr/bin/timedatectl show --property=NTPSynchronized --value");
  }

  @Test
  void aFileTooLargeToBeHostsIsNotRead() throws Exception {
    box.write("etc/hosts", "#".repeat(Machine.LARGEST_FILE + 1));

    assertThatThrownBy(() -> plan("hostname-set", Map.of("hostname", "n")))
        .isInstanceOf(StepFailedException.class)
        .hasMessageContaining("larger than");
  }
}
