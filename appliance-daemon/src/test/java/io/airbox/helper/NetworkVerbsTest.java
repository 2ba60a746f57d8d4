package io.airbox.helper;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingStatus;
import io.airbox.netplan.staging.StagingStatus.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkVerbsTest {
  private static final String ID = "abcdefghijklmnop";
  private static final String OTHER = "qrstuvwxyz234567";
  private static final String OLD = "network: {version: 2} # old\n";
  private static final String NEW = "network:\n  version: 2 # new\n";
  private static final String NONE = "-";

  @TempDir Path folder;
  private TestMachine box;

  @BeforeEach
  void machine() throws Exception {
    box = new TestMachine(folder.resolve("root"));
    box.write("etc/netplan/01-netcfg.yaml", OLD);
  }

  private static Map<String, String> arguments(String... changed) {
    Map<String, String> arguments =
        new HashMap<>(
            Map.of(
                "transaction",
                ID,
                "window",
                "120",
                "links",
                "",
                "file.01-netcfg.yaml",
                sha(OLD) + "\n" + NEW));
    for (int i = 0; i < changed.length; i += 2) {
      arguments.put(changed[i], changed[i + 1]);
    }
    return arguments;
  }

  private static String sha(String text) {
    return FileChange.sha256(text.getBytes(StandardCharsets.UTF_8));
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

  private List<String> changes() {
    return box.calls().stream().filter(call -> !call.startsWith("/usr/sbin/netplan")).toList();
  }

  private List<String> files(String path) throws Exception {
    Path start = box.root.resolve(path);
    try (Stream<Path> all = Files.walk(start)) {
      return all.filter(Files::isRegularFile)
          .map(file -> start.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void armsTheTimerBeforeAnythingComesUp() throws Exception {
    perform("network-stage", arguments("links", "bond0 vlan.7"));

    assertThat(changes())
        .containsExactly(
            "/usr/bin/systemd-run --no-ask-password --on-active=130"
                + " --timer-property=AccuracySec=1s"
                + " --unit=airbox-network@revert-abcdefghijklmnop.service",
            "/bin/systemctl --no-ask-password --no-block start"
                + " airbox-network@apply-abcdefghijklmnop.service");
    assertThat(files("var/lib/airbox-network"))
        .containsExactly(
            "transaction/links",
            "transaction/new/01-netcfg.yaml",
            "transaction/old/01-netcfg.yaml",
            "transaction/staged-abcdefghijklmnop");
    assertThat(box.text("var/lib/airbox-network/transaction/links")).isEqualTo("bond0\nvlan.7\n");
    assertThat(box.text("var/lib/airbox-network/transaction/new/01-netcfg.yaml")).isEqualTo(NEW);
    assertThat(box.text("etc/netplan/01-netcfg.yaml")).isEqualTo(OLD);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(
                    box.root.resolve("var/lib/airbox-network/transaction/new/01-netcfg.yaml"))))
        .isEqualTo("rw-------");
  }

  @Test
  void sayingWhatItWouldDoChangesNothing() throws Exception {
    assertThat(plan("network-stage", arguments())).hasSize(4);
    assertThat(plan("network-revert", Map.of("transaction", ID))).hasSize(1);

    assertThat(changes()).isEmpty();
    assertThat(box.root.resolve("var")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "29", "901", "0", "-30", "", "60.5", "1e2", "0x40", "99999", "60 ", "60\n", "6\u0660"
      })
  void windowsOutOfRangeAreRefused(String window) {
    assertThat(refusal("network-stage", arguments("window", window)).toString()).contains("window");
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "900"})
  void windowsInRangeAreTaken(String window) throws Exception {
    assertThat(plan("network-stage", arguments("window", window))).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "ABCDEFGHIJKLMNOP",
        "../../../../etc/x",
        "abcdefghijklmno/",
        "abcdefghijklmnop\n",
        "abcdefghijklmnop.service",
        "abcdefghijklmnop abc",
        "abcdefghijklmnop-abc",
        "abcdefghijklmnopabcdefghijklmnopabcdefghi",
        "\u00e4bcdefghijklmnopq"
      })
  void namesOfTransactionsThatAreNoneAreRefused(String id) {
    for (String verb : List.of("network-commit", "network-revert")) {
      assertThat(refusal(verb, Map.of("transaction", id)).reason()).startsWith("transaction: ");
    }
    assertThat(refusal("network-stage", arguments("transaction", id)).reason())
        .startsWith("transaction: ");
    assertThat(box.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".yaml",
        "../x.yaml",
        "a/b.yaml",
        "/etc/passwd",
        ".hidden.yaml",
        "x.yml",
        "x.yaml.bak",
        "a b.yaml",
        "a\n.yaml",
        "a\u0000.yaml",
        "-rf.yaml",
        "a$(id).yaml",
        "a*.yaml",
        "\u00e4.yaml",
        "x.yaml\n"
      })
  void namesOfFilesThatNetplanWouldNotReadAreRefused(String name) {
    assertThat(refusal("network-stage", arguments("file." + name, NONE + "\n" + NEW)).reason())
        .startsWith("not a netplan file's name");
    assertThat(box.calls()).isEmpty();
  }

  @Test
  void tooLongANameTooManyFilesAndTooMuchTextAreRefused() {
    assertThat(
            refusal("network-stage", arguments("file." + "x".repeat(96) + ".yaml", NONE + "\n"))
                .reason())
        .startsWith("not a netplan file's name");
    Map<String, String> many = arguments();
    IntStream.range(0, 20).forEach(i -> many.put("file.x" + i + ".yaml", NONE + "\n"));
    assertThat(refusal("network-stage", many).reason()).contains("1 to 20 files, this one 21");
    String half = "#".repeat(24 * 1024 + 1);
    assertThat(
            refusal(
                    "network-stage",
                    arguments("file.a.yaml", NONE + "\n" + half, "file.b.yaml", NONE + "\n" + half))
                .reason())
        .contains("at most 49152");
    assertThat(
            refusal("network-stage", Map.of("transaction", ID, "window", "120", "links", ""))
                .reason())
        .contains("this one 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-a",
        "../x",
        "a/b",
        "sixteen-letters-",
        "a  b",
        "a\nb",
        "$(id)",
        "a;b",
        "\u00e4",
        " ",
        "a\tb"
      })
  void namesOfLinksThatAreNoneAreRefused(String links) {
    assertThat(refusal("network-stage", arguments("links", links)).reason()).startsWith("links: ");
  }

  @Test
  void onlyVirtualLinksAreDeleted() throws Exception {
    box.write("sys/class/net/bond0/uevent", "DEVTYPE=bond\nINTERFACE=bond0\nIFINDEX=7\n");
    box.write("sys/class/net/eth0/uevent", "INTERFACE=eth0\nIFINDEX=2\n");
    box.write("sys/class/net/wlan0/uevent", "DEVTYPE=wlan\nINTERFACE=wlan0\n");
    box.write("sys/class/net/x/uevent", "INTERFACE=DEVTYPE=bond\nXDEVTYPE=bond\nDEVTYPE=bondage\n");
    Files.createDirectories(box.root.resolve("sys/class/net/mute"));

    assertThat(plan("network-stage", arguments("links", "bond0 gone0"))).hasSize(4);
    for (String link : List.of("eth0", "wlan0", "x", "mute")) {
      assertThat(refusal("network-stage", arguments("links", "bond0 " + link)).reason())
          .isEqualTo(link + " is no bond, bridge or VLAN; nothing else is deleted");
    }
  }

  @Test
  void whatWasChangedSinceThePlanIsRefused() throws Exception {
    assertThat(
            refusal("network-stage", arguments("file.01-netcfg.yaml", sha("x") + "\n" + NEW))
                .reason())
        .isEqualTo("01-netcfg.yaml was changed since the plan was made; plan again");
    assertThat(
            refusal("network-stage", arguments("file.01-netcfg.yaml", NONE + "\n" + NEW)).reason())
        .contains("plan again");
    assertThat(refusal("network-stage", arguments("file.02.yaml", sha("x"))).reason())
        .contains("plan again");
    assertThat(refusal("network-stage", arguments("file.02.yaml", NONE)).reason())
        .contains("neither was nor will be");
    assertThat(refusal("network-stage", arguments("file.02.yaml", "abc\n")).reason())
        .contains("is no SHA-256");
    // what hides it counts
    box.write("lib/netplan/01-netcfg.yaml", "x");
    assertThat(plan("network-stage", arguments())).hasSize(4);
  }

  @Test
  void whatIsNoOrdinaryFileIsRefused() throws Exception {
    Path file = box.root.resolve("etc/netplan/01-netcfg.yaml");
    Files.move(file, box.root.resolve("etc/shadow"));
    Files.createSymbolicLink(file, Path.of("../shadow"));

    assertThat(refusal("network-stage", arguments()).reason())
        .isEqualTo("/etc/netplan/01-netcfg.yaml is no ordinary file; make it one");
  }

  @Test
  void whatIsShadowedBySomebodyElseIsRefused() throws Exception {
    box.write("run/netplan/01-netcfg.yaml", NEW);

    assertThat(refusal("network-stage", arguments()).reason())
        .startsWith("/run/netplan/01-netcfg.yaml exists");
  }

  @Test
  void whatNetplanDoesNotTakeIsRefused() throws Exception {
    box.script(
        Program.NETPLAN,
        "cat \"$3\"/etc/netplan/*.yaml >>'"
            + box.root.resolve("seen")
            + "'; echo \"$3/etc/netplan/01-netcfg.yaml:1:2: bad\"; exit 1");
    box.write("etc/netplan/02-more.yaml", "# more\n");
    box.write("lib/netplan/01-netcfg.yaml", "# hidden\n");

    String reason = refusal("network-stage", arguments()).reason();

    assertThat(reason).isEqualTo("netplan does not take it: /etc/netplan/01-netcfg.yaml:1:2: bad");
    assertThat(box.text("seen")).isEqualTo(NEW + "# more\n");
    assertThat(Path.of(box.calls().get(0).split(" ")[3])).doesNotExist();
    assertThat(box.root.resolve("var")).doesNotExist();
  }

  @Test
  void oneChangeAtATime() throws Exception {
    List<Step> first = plan("network-stage", arguments());
    List<Step> second = plan("network-stage", arguments("transaction", OTHER));
    for (Step step : first) {
      step.run(box.machine);
    }
    int calls = changes().size();

    RefusedException late =
        catchThrowableOfType(
            RefusedException.class,
            () -> {
              for (Step step : second) {
                step.run(box.machine);
              }
            });

    assertThat(NetworkArguments.isBusy(late.reply().field())).isTrue();
    assertThat(changes().subList(calls, changes().size()))
        .hasSize(2)
        .last(as(STRING)) // no timer of its own is left behind
        .endsWith("--no-block stop airbox-network@revert-" + OTHER + ".timer");
    assertThat(files("var/lib/airbox-network"))
        .contains("transaction/staged-" + ID)
        .noneMatch(file -> file.contains(OTHER));
    assertThat(
            NetworkArguments.isBusy(
                refusal("network-stage", arguments("transaction", OTHER)).field()))
        .isTrue();
  }

  @Test
  void whatIsStagedHasATimer() throws Exception {
    box.script(
        Program.SYSTEMD_RUN,
        "[ ! -e '" + box.root.resolve("var/lib/airbox-network/transaction") + "' ]");

    perform("network-stage", arguments());

    assertThat(files("var/lib/airbox-network")).contains("transaction/staged-" + ID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"staged-", "undoing-", "kept-"})
  void aChangeWithoutATimerIsBroughtToItsEndBeforeTheNext(String mark) throws Exception {
    perform("network-stage", arguments());
    Path transaction = box.root.resolve("var/lib/airbox-network/transaction");
    Files.move(transaction.resolve("staged-" + ID), transaction.resolve(mark + ID));
    box.write("run/netplan/01-netcfg.yaml", NEW);
    String end = "start airbox-network@revert-" + ID + ".service";
    box.script(
        Program.SYSTEMCTL,
        "case \"$*\" in *is-active*) exit 3 ;; *'"
            + end
            + "') rm -r '"
            + transaction
            + "' '"
            + box.root.resolve("run/netplan")
            + "' ;; esac");
    int before = changes().size();

    perform("network-stage", arguments("transaction", OTHER));

    assertThat(changes().subList(before, changes().size()))
        .hasSize(4)
        .element(0, as(STRING))
        .contains("is-active airbox-network@revert-" + ID + ".timer");
    assertThat(changes().get(before + 1)).endsWith("systemctl --no-ask-password " + end);
    assertThat(changes().get(before + 2)).contains("systemd-run", OTHER);
    assertThat(files("var/lib/airbox-network")).contains("transaction/staged-" + OTHER);
  }

  @Test
  void whatDoesNotFitTheFilesThatItLeavesIsRefused() throws Exception {
    perform("network-stage", arguments());
    box.script(
        Program.SYSTEMCTL,
        "case \"$*\" in *is-active*) exit 3 ;; *start*) rm -r '"
            + box.root.resolve("var/lib/airbox-network/transaction")
            + "'; echo >>'"
            + box.root.resolve("etc/netplan/01-netcfg.yaml")
            + "' ;; esac");

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> perform("network-stage", arguments("transaction", OTHER)));

    assertThat(refused.reply().reason()).contains("plan again");
    assertThat(changes()).noneMatch(call -> call.contains(OTHER));
  }

  @Test
  void withoutATimerNothingComesUp() throws Exception {
    box.script(Program.SYSTEMD_RUN, "echo 'Failed to connect to bus' >&2; exit 1");

    StepFailedException failed =
        catchThrowableOfType(
            StepFailedException.class, () -> perform("network-stage", arguments()));

    assertThat(failed.reply().step()).startsWith("let a timer take the change back in 130 s");
    assertThat(changes()).hasSize(1).first().asString().contains("systemd-run");
    assertThat(box.root.resolve("var/lib/airbox-network/transaction")).doesNotExist();
  }

  @Test
  void keepsWhatIsStagedAndNothingElse() throws Exception {
    assertThat(refusal("network-commit", Map.of("transaction", ID)).reason())
        .contains("was taken back");
    perform("network-stage", arguments());
    assertThat(refusal("network-commit", Map.of("transaction", OTHER)).reason())
        .contains("was taken back");
    String start =
        "/bin/systemctl --no-ask-password --no-block start"
            + " airbox-network@commit-abcdefghijklmnop.service";
    box.script(Program.SYSTEMCTL, "exit 1");

    StepFailedException failed =
        catchThrowableOfType(
            StepFailedException.class, () -> perform("network-commit", Map.of("transaction", ID)));

    assertThat(failed.reply().step()).startsWith("move the files into place");
    assertThat(box.text("etc/netplan/.01-netcfg.yaml.airbox")).isEqualTo(NEW);
    assertThat(files("var/lib/airbox-network")).contains("transaction/kept-" + ID);
    // it is kept; only its place is still to be taken
    box.script(Program.SYSTEMCTL, "exit 0");
    perform("network-commit", Map.of("transaction", ID));
    assertThat(changes()).endsWith(start, start);
    Files.move(
        box.root.resolve("var/lib/airbox-network/transaction"),
        box.root.resolve("var/lib/airbox-network/done"));
    box.write("var/lib/airbox-network/last", ID + "\n");
    assertThat(plan("network-commit", Map.of("transaction", ID))).isEmpty();
  }

  @Test
  void whatSomebodyElseChangedMeanwhileIsNotKept() throws Exception {
    perform("network-stage", arguments());
    box.write("etc/netplan/01-netcfg.yaml", "# by hand\n");

    assertThat(refusal("network-commit", Map.of("transaction", ID)).reason())
        .contains("was changed by somebody else");
  }

  @Test
  void aChangeThatWasTakenBackMeanwhileLeavesNothing() throws Exception {
    perform("network-stage", arguments());
    List<Step> late = plan("network-commit", Map.of("transaction", ID));
    Path transaction = box.root.resolve("var/lib/airbox-network/transaction");
    Files.move(transaction.resolve("staged-" + ID), transaction.resolve("undoing-" + ID));

    RefusedException gone =
        catchThrowableOfType(
            RefusedException.class,
            () -> {
              for (Step step : late) {
                step.run(box.machine);
              }
            });

    assertThat(gone.reply().reason()).contains("was taken back");
    assertThat(files("etc/netplan")).containsExactly("01-netcfg.yaml");
  }

  @Test
  void otherArgumentsAreRefused() throws Exception {
    assertThat(refusal("network-stage", arguments("file", "")).field()).isEqualTo("file");
    assertThat(refusal("network-read", Map.of("path", "/etc/shadow")).field()).isEqualTo("path");
    assertThat(refusal("network-revert", Map.of("transaction", ID, "links", "")).field())
        .isEqualTo("links");
    perform("network-stage", arguments());
    assertThat(refusal("network-commit", Map.of("transaction", ID, "force", "")).field())
        .isEqualTo("force");
  }

  @Test
  void theJournalShowsNoTextOfAFile() {
    assertThat(NetworkArguments.shown("file.a.yaml", "-\npassword: x"))
        .isEqualTo("file.a.yaml (13 bytes)");
    assertThat(NetworkArguments.shown("window", "30")).isEqualTo("window=30");
  }

  private static StagingException failure(ThrowingCallable call) {
    return catchThrowableOfType(StagingException.class, call);
  }

  @Test
  void overTheSocket() throws Exception {
    try (HelperOnSocket helper = new HelperOnSocket(folder)) {
      Path root = folder.resolve("root");
      HelperClient client = new HelperClient(helper.socket());
      NetworkStaging staging = client.networkStaging(root);
      StagedChange change =
          new StagedChange(
              ID,
              Duration.ofSeconds(60),
              List.of(
                  FileChange.of(
                      "01-netcfg.yaml",
                      OLD.getBytes(StandardCharsets.UTF_8),
                      NEW.getBytes(StandardCharsets.UTF_8)),
                  new FileChange("20-more.yaml", null, "# \u00e4\n")),
              List.of("bond0"));
      assertThat(staging.status()).isEqualTo(StagingStatus.NONE);
      assertThat(staging.rehearse(change)).hasSize(4);
      assertThat(staging.stage(change)).hasSize(4);
      assertThat(failure(() -> staging.rehearse(change)).reason())
          .isEqualTo(StagingException.Reason.BUSY);
      assertThat(helper.text("var/lib/airbox-network/transaction/new/20-more.yaml"))
          .isEqualTo("# \u00e4\n");
      Files.createDirectories(root.resolve("run/airbox-network"));
      Files.writeString(
          root.resolve("run/airbox-network/status"), "revert-failed\n" + ID + "\nno address\n");
      assertThat(staging.status())
          .isEqualTo(new StagingStatus(ID, State.REVERT_FAILED, "no address"));
      assertThat(staging.commit(ID)).hasSize(3);
      assertThat(failure(() -> staging.commit(OTHER)).reason())
          .isEqualTo(StagingException.Reason.REFUSED);
      helper.breakDown("Failed to connect to bus");
      assertThat(failure(() -> staging.revert(ID)).reason())
          .isEqualTo(StagingException.Reason.FAILED);
    }
    assertThat(
            failure(
                    () ->
                        new HelperClient(folder.resolve("gone")).networkStaging(folder).revert(ID))
                .reason())
        .isEqualTo(StagingException.Reason.UNAVAILABLE);
  }

  @Test
  void readsWhatNetplanReads() throws Exception {
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    try (HelperOnSocket helper = new HelperOnSocket(folder)) {
      HelperClient client = new HelperClient(helper.socket());
      box.write("lib/netplan/00-vendor.yaml", "");
      box.write("run/netplan/01-netcfg.yaml", NEW);
      box.write("etc/netplan/.01-netcfg.yaml.airbox", "x");
      box.write("etc/netplan/.hidden.yaml", "x");
      box.write("etc/netplan/notes.txt", "x");
      Files.createDirectories(box.root.resolve("etc/netplan/folder.yaml"));
      Files.createSymbolicLink(box.root.resolve("etc/netplan/dangling.yaml"), Path.of("nowhere"));
      Files.write(box.root.resolve("etc/netplan/99-\u00e4 b.yaml"), bytes);

      SortedMap<String, byte[]> files = client.networkFiles();

      assertThat(files.keySet())
          .containsExactly(
              "/etc/netplan/01-netcfg.yaml",
              "/etc/netplan/99-\u00e4 b.yaml",
              "/lib/netplan/00-vendor.yaml",
              "/run/netplan/01-netcfg.yaml");
      assertThat(files.get("/etc/netplan/99-\u00e4 b.yaml")).isEqualTo(bytes);
      assertThat(files.get("/etc/netplan/01-netcfg.yaml")).asString().isEqualTo(OLD);
      assertThat(files.get("/lib/netplan/00-vendor.yaml")).isEmpty();
      assertThat(helper.calls()).isEmpty();

      Files.write(box.root.resolve("etc/netplan/a.yaml"), new byte[500_000]);
      assertThat(client.networkFiles()).hasSize(5);
      Files.write(box.root.resolve("etc/netplan/b.yaml"), new byte[500_000]);
      assertThat(catchThrowableOfType(HelperException.class, client::networkFiles))
          .hasMessageContaining("1048576 bytes together");
      Files.delete(box.root.resolve("etc/netplan/b.yaml"));
      for (int i = 0; i < 256; i++) {
        Files.writeString(box.root.resolve("etc/netplan/n" + i + ".yaml"), "");
      }
      assertThat(catchThrowableOfType(HelperException.class, client::networkFiles))
          .hasMessageContaining("more than 256");
    }
  }

  @Test
  void anAnswerWithoutFilesIsNone() throws Exception {
    assertThat(NetworkFiles.of(List.of())).isEmpty();
    for (List<String> fields :
        List.of(List.of("abc"), List.of("/a.yaml", "a b"), List.of("/a.yaml", "a"))) {
      assertThat(catchThrowableOfType(MalformedFrameException.class, () -> NetworkFiles.of(fields)))
          .isNotNull();
    }
  }
}
