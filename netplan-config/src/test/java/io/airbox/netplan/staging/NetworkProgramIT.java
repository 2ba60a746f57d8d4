package io.airbox.netplan.staging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.airbox.netplan.staging.StagingStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /usr/libexec/airbox-network} on a tree, killed before every write that it makes. */
class NetworkProgramIT {
  private static final String ID = "abcdefghijklmnop";
  private static final Map<String, String> OLD =
      Map.of(
          "01-netcfg.yaml", "# old 1\n", "20-gone.yaml", "# old 2\n", "50-mine.yaml", "# mine\n");
  private static final Map<String, String> NEW =
      Map.of("01-netcfg.yaml", "# new 1\n", "30-new.yaml", "# new 3\n", "50-mine.yaml", "# mine\n");
  private static final String OLD_IN_EFFECT = "# old 1\n# old 2\n# mine\n";
  private static final String SHADOWED = "# new 1\n" + Staging.NOTHING + "# new 3\n# mine\n";
  private static final String NEW_IN_EFFECT = "# new 1\n# new 3\n# mine\n";

  @TempDir Path scratch;
  private @Nullable ScratchBox template;

  /** A box with a change that is staged and not applied yet. */
  private ScratchBox box(String name) throws Exception {
    ScratchBox first = template;
    if (first == null) {
      first = template();
      template = first;
    }
    return first.copy(scratch.resolve(name));
  }

  private ScratchBox template() throws Exception {
    ScratchBox box = ScratchBox.plain(scratch.resolve("template"));
    for (Map.Entry<String, String> file : OLD.entrySet()) {
      box.write("etc/netplan/" + file.getKey(), file.getValue());
    }
    box.restart();
    assertThat(box.network("recover")).isZero();
    assertThat(box.status()).isEqualTo(StagingStatus.NONE);
    box.stage(change(box, NEW));
    return box;
  }

  /** What makes the files of a box these. */
  private static StagedChange change(ScratchBox box, Map<String, String> wanted, String... links)
      throws Exception {
    SortedMap<String, String> now = box.files("etc/netplan");
    List<FileChange> files = new ArrayList<>();
    now.forEach(
        (name, text) -> {
          if (!text.equals(wanted.get(name))) {
            files.add(
                new FileChange(name, FileChange.sha256(text.getBytes(UTF_8)), wanted.get(name)));
          }
        });
    wanted.forEach(
        (name, text) -> {
          if (!now.containsKey(name)) {
            files.add(new FileChange(name, null, text));
          }
        });
    return new StagedChange(ID, Duration.ofSeconds(30), files, List.of(links));
  }

  private static String inEffect(ScratchBox box) throws Exception {
    return box.text("run/systemd/network/10-netplan-all.network");
  }

  private static void assertOld(ScratchBox box, String how) throws Exception {
    assertThat(box.files("etc/netplan")).as(how).isEqualTo(OLD);
    assertThat(box.files("run/netplan")).as(how).isEmpty();
    assertThat(inEffect(box)).as(how).isEqualTo(OLD_IN_EFFECT);
    assertThat(box.status().state()).as(how).isEqualTo(State.REVERTED);
    assertEnded(box, how);
  }

  private static void assertNew(ScratchBox box, String how) throws Exception {
    assertThat(box.files("etc/netplan")).as(how).isEqualTo(NEW);
    assertThat(box.files("run/netplan")).as(how).isEmpty();
    assertThat(inEffect(box)).as(how).isEqualTo(NEW_IN_EFFECT);
    assertThat(box.status())
        .as(how)
        .isEqualTo(new StagingStatus(ID, State.COMMITTED, box.status().reason()));
    assertEnded(box, how);
  }

  private static void assertEnded(ScratchBox box, String how) {
    assertThat(box.status().transaction()).as(how).isEqualTo(ID);
    assertThat(box.root.resolve("var/lib/airbox-network/transaction")).as(how).doesNotExist();
  }

  @Test
  void comesUpWithoutTouchingWhatLastsAndGoesBack() throws Exception {
    ScratchBox box = box("box");

    assertThat(box.network("apply-" + ID)).isZero();

    assertThat(box.status()).isEqualTo(new StagingStatus(ID, State.APPLIED, ""));
    assertThat(box.files("etc/netplan")).isEqualTo(OLD);
    assertThat(inEffect(box)).isEqualTo(SHADOWED);
    for (String name : box.files("run/netplan").keySet()) {
      assertThat(mode(box, "run/netplan/" + name)).isEqualTo("rw-------");
    }

    assertThat(box.network("revert-" + ID)).isZero();
    assertOld(box, "reverted");
    assertThat(box.calls())
        .contains("systemctl --no-block stop airbox-network@revert-" + ID + ".timer");
    assertThat(box.network("revert-" + ID)).isZero();
    assertThat(box.network("apply-" + ID)).isZero();
    assertThat(box.network("commit-" + ID)).isZero();
    assertOld(box, "called again");
  }

  private static String mode(ScratchBox box, String path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(box.root.resolve(path)));
  }

  @Test
  void whatIsKeptIsPlacedWithItsFormerModeAndABackup() throws Exception {
    ScratchBox box = box("box");
    Files.setPosixFilePermissions(
        box.root.resolve("etc/netplan/01-netcfg.yaml"),
        PosixFilePermissions.fromString("rw-r-----"));
    box.network("apply-" + ID);
    int applied = box.calls().size();
    box.keep(ID);

    assertThat(box.network("commit-" + ID)).isZero();

    assertNew(box, "kept");
    assertThat(mode(box, "etc/netplan/01-netcfg.yaml")).isEqualTo("rw-r-----");
    assertThat(mode(box, "etc/netplan/30-new.yaml")).isEqualTo("rw-------");
    assertThat(box.text("var/lib/airbox-network/last")).isEqualTo(ID + "\n");
    try (var history = Files.list(box.root.resolve("var/lib/airbox-network/history"))) {
      Path backup = history.toList().get(0);
      assertThat(backup.getFileName().toString()).matches("\\d{8}T\\d{6}Z-" + ID);
      assertThat(box.files(box.root.relativize(backup.resolve("old")).toString())).isEqualTo(OLD);
    }
    assertThat(box.network("revert-" + ID)).isZero();
    assertNew(box, "the timer rings late");
    assertThat(box.calls().subList(applied, box.calls().size())).doesNotContain("ip link delete");
    box.restart();
    assertThat(box.network("recover")).isZero();
    assertNew(box, "after a restart");
  }

  @ParameterizedTest
  @CsvSource({"apply,false", "apply,true", "revert,false", "revert,true"})
  void killedOnItsWayUpOrBackItEndsOld(String verb, boolean power) throws Exception {
    ScratchBox staged = box("staged");
    if (verb.equals("revert")) {
      staged.network("apply-" + ID);
    }
    for (int writes = 0; ; writes++) {
      String how = verb + " killed after " + writes + (power ? ", power cut" : "");
      ScratchBox box = staged.copy(scratch.resolve(verb + writes));
      box.killAfter(writes);
      int status = box.network(verb + "-" + ID);
      assertThat(box.files("etc/netplan")).as(how).isEqualTo(OLD);
      if (power) {
        box.restart();
        assertThat(inEffect(box)).as(how).isEqualTo(OLD_IN_EFFECT);
        assertThat(box.network("recover")).as(how).isZero();
        if (box.status().transaction().isEmpty()) {
          assertThat(verb).as(how).isEqualTo("revert"); // it had ended before
          box.network("revert-" + ID);
        }
      } else {
        box.killAfter(Integer.MAX_VALUE);
        assertThat(box.network("revert-" + ID)).as(how).isZero();
      }
      assertOld(box, how);
      if (status == 0) {
        assertThat(writes).isGreaterThan(6);
        return;
      }
      assertThat(status).as(how).isEqualTo(ScratchBox.KILLED);
    }
  }

  @ParameterizedTest
  @CsvSource({"commit,commit", "commit,recover", "recover,recover"})
  void killedOnceItIsKeptItEndsNew(String first, String second) throws Exception {
    ScratchBox kept = box("kept");
    kept.network("apply-" + ID);
    kept.keep(ID);
    for (int writes = 0; ; writes++) {
      String how = first + " killed after " + writes + ", then " + second;
      ScratchBox box = kept.copy(scratch.resolve(first + writes));
      if (first.equals("recover")) {
        box.restart();
      }
      box.killAfter(writes);
      int status = box.network(first.equals("recover") ? first : first + "-" + ID);
      if (second.equals("recover")) {
        box.restart();
      }
      box.killAfter(Integer.MAX_VALUE);
      assertThat(box.network(second.equals("recover") ? second : second + "-" + ID))
          .as(how)
          .isZero();
      assertNew(box, how);
      if (status == 0) {
        assertThat(writes).isGreaterThan(10);
        return;
      }
      assertThat(status).as(how).isEqualTo(ScratchBox.KILLED);
    }
  }

  @Test
  void thePowerCutWhileTheHelperWritesLeavesTheOldOrTheNew() throws Exception {
    boolean kept = false;
    ScratchBox reverted = box("reverted");
    reverted.network("revert-" + ID); // begin anew, before the change is written down
    for (int writes = 0; ; writes++) {
      String how = "power cut after " + writes;
      ScratchBox box = reverted.copy(scratch.resolve("helper" + writes));
      Fuse fuse = Fuse.powerCutAfter(writes);
      Staging staging = box.staging(fuse.disk());
      try {
        staging.prepare(change(box, NEW));
        staging.stage(ID);
        box.network("apply-" + ID);
        staging.draftFiles();
        staging.commit(ID);
      } catch (Fuse.PowerCut e) {
        assertThat(fuse.isBlown()).isTrue();
      }
      box.restart();
      assertThat(box.network("recover")).as(how).isZero();
      kept = box.status().state() == State.COMMITTED;
      if (kept) {
        assertNew(box, how);
      } else {
        assertThat(box.files("etc/netplan")).as(how).isEqualTo(OLD);
        assertThat(inEffect(box)).as(how).isEqualTo(OLD_IN_EFFECT);
        assertThat(box.root.resolve("var/lib/airbox-network/transaction")).doesNotExist();
      }
      box.stage(change(box, kept ? OLD : NEW)); // nothing is in the way of the next
      if (!fuse.isBlown()) {
        assertThat(kept).isTrue();
        assertThat(writes).isGreaterThan(20);
        return;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "apply"})
  void whatNetplanDoesNotBringUpIsTakenBack(String step) throws Exception {
    ScratchBox box = box("box");
    box.write("fail-" + step, "");

    assertThat(box.network("apply-" + ID)).isZero();

    assertThat(box.status().state()).isEqualTo(State.REVERTED);
    assertThat(box.status().reason()).startsWith("netplan could not bring the new settings up");
    assertThat(box.files("run/netplan")).isEmpty();
    assertThat(box.calls()).contains("systemctl restart systemd-networkd");
  }

  @Test
  void withoutATimerNothingComesUp() throws Exception {
    ScratchBox box = box("box");
    box.write("no-timer", "");
    int before = box.calls().size();

    assertThat(box.network("apply-" + ID)).isZero();

    assertOld(box, "no timer");
    assertThat(box.status().reason()).contains("no timer");
    assertThat(box.calls().subList(before, box.calls().size()))
        .noneMatch(call -> call.startsWith("netplan"));
  }

  @Test
  void whatNeverCameUpGoesWithoutTouchingTheNetwork() throws Exception {
    ScratchBox box = box("box");
    int before = box.calls().size();

    assertThat(box.network("revert-" + ID)).isZero();

    assertOld(box, "never applied");
    assertThat(box.calls().subList(before, box.calls().size()))
        .noneMatch(call -> call.startsWith("netplan"));
  }

  @Test
  void whatAKilledHelperWasWritingGoesWithItsTimer() throws Exception {
    ScratchBox box = box("box");
    box.network("revert-" + ID);
    box.staging(Disk.real()).prepare(change(box, NEW));

    assertThat(box.network("revert-" + ID)).isZero();

    assertThat(box.root.resolve("var/lib/airbox-network")).isEmptyDirectory();
  }

  @Test
  void ofKeepingAndTakingBackOneWins() throws Exception {
    ScratchBox box = box("box");
    box.network("apply-" + ID);
    Staging staging = box.staging(Disk.real());
    staging.draftFiles();
    box.network("revert-" + ID);

    StagingException gone = catchThrowableOfType(StagingException.class, () -> staging.commit(ID));

    assertThat(gone.reason()).isEqualTo(StagingException.Reason.REFUSED);
    assertOld(box, "taken back first");
  }

  @Test
  void aTimerOfAChangeThatNeverWasSaysSo() throws Exception {
    ScratchBox box = box("box");
    box.network("apply-" + ID);

    assertThat(box.network("revert-otherotherotherother")).isZero();
    assertThat(box.status()).isEqualTo(new StagingStatus(ID, State.APPLIED, ""));

    box.network("revert-" + ID);
    assertThat(box.network("revert-otherotherotherother")).isZero();
    assertThat(box.status().transaction()).isEqualTo("otherotherotherother");
    assertThat(box.status().state()).isEqualTo(State.REVERTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "apply",
        "status-" + ID,
        "apply-../../x",
        "revert-$(id)",
        "apply-a b",
        "commit-A"
      })
  void whatIsNoVerbDoesNothing(String verb) throws Exception {
    ScratchBox box = box("box");

    assertThat(box.network(verb)).isEqualTo(2);

    assertThat(box.files("run/netplan")).isEmpty();
    assertThat(box.status()).isEqualTo(StagingStatus.NONE);
  }

  private static final String PORTS =
      "network:\n  version: 2\n  ethernets:\n    eth0: {dhcp4: true}\n    eth1:\n"
          + "      addresses: [192.168.150.1/24, 'fd00::1/64']\n";

  private static String bond(String mode) {
    return "network:\n  version: 2\n  ethernets:\n    eth0: {}\n    eth1: {}\n  bonds:\n    bond0:\n"
        + "      interfaces: [eth0, eth1]\n      parameters: {mode: "
        + mode
        + "}\n      addresses: [192.168.150.1/24]\n";
  }

  private ScratchBox real(String text) throws Exception {
    ScratchBox box = ScratchBox.withNetplan(scratch.resolve("real"));
    box.write("etc/netplan/01-netcfg.yaml", text);
    Files.setPosixFilePermissions(
        box.root.resolve("etc/netplan/01-netcfg.yaml"),
        PosixFilePermissions.fromString("rw-------"));
    box.restart();
    box.network("recover");
    return box;
  }

  private static void link(ScratchBox box, String name, String type) throws Exception {
    box.write(
        "sys/class/net/" + name + "/uevent",
        (type.isEmpty() ? "" : "DEVTYPE=" + type + "\n") + "INTERFACE=" + name + "\n");
    box.write("sys/class/net/" + name + "/carrier", "1\n");
  }

  private static List<String> links(ScratchBox box) throws Exception {
    List<String> calls = box.calls().stream().filter(call -> call.startsWith("ip link")).toList();
    Files.writeString(box.root.resolve("calls"), "");
    return calls;
  }

  @Test
  void aBondThatChangesIsMadeAnewOnTheWayUpAndBack() throws Exception {
    ScratchBox box = real(bond("active-backup"));
    link(box, "bond0", "bond");
    SortedMap<String, String> before = box.files("run/systemd/network");
    box.stage(change(box, Map.of("01-netcfg.yaml", bond("802.3ad")), "bond0"));

    box.network("apply-" + ID);
    assertThat(links(box)).containsExactly("ip link delete dev bond0");
    assertThat(box.text("run/systemd/network/10-netplan-bond0.netdev")).contains("Mode=802.3ad");

    link(box, "bond0", "bond"); // networkd has made it
    box.write(
        "addresses-bond0", "7: bond0    inet 192.168.150.1/24 brd 192.168.150.255 scope global\n");
    box.network("revert-" + ID);
    assertThat(links(box)).containsExactly("ip link delete dev bond0");
    assertThat(box.files("run/systemd/network")).isEqualTo(before);
    assertThat(box.status().state()).isEqualTo(State.REVERTED);
  }

  @Test
  void aBondThatGoesIsDeletedAndNothingElse() throws Exception {
    ScratchBox box = real(bond("active-backup"));
    link(box, "bond0", "bond");
    link(box, "eth0", "");
    link(box, "eth1", "");
    box.stage(change(box, Map.of("01-netcfg.yaml", PORTS), "bond0", "eth0"));

    box.network("apply-" + ID);

    assertThat(links(box)).containsExactly("ip link delete dev bond0");
    assertThat(box.files("run/systemd/network").keySet())
        .containsExactly("10-netplan-eth0.network", "10-netplan-eth1.network");
    box.keep(ID);
    box.network("commit-" + ID);
    assertThat(links(box)).isEmpty();
    assertThat(box.status()).isEqualTo(new StagingStatus(ID, State.COMMITTED, ""));
  }

  @Test
  void aBondThatStaysIsLeftAlone() throws Exception {
    ScratchBox box = real(bond("active-backup"));
    link(box, "bond0", "bond");
    box.stage(
        change(
            box, Map.of("01-netcfg.yaml", bond("active-backup").replace("150.1/24", "150.9/24"))));

    box.network("apply-" + ID);

    assertThat(links(box)).isEmpty();
  }

  @Test
  void addressesThatGoAreDropped() throws Exception {
    ScratchBox box = real(PORTS);
    box.stage(
        change(box, Map.of("01-netcfg.yaml", PORTS.replace("192.168.150.1/24", "10.0.0.1/24"))));

    box.network("apply-" + ID);
    assertThat(box.calls())
        .contains("ip address delete 192.168.150.1/24 dev eth1")
        .noneMatch(c -> c.contains("fd00"));
    box.network("revert-" + ID);
    assertThat(box.calls()).contains("ip address delete 10.0.0.1/24 dev eth1");
  }

  @Test
  void aFormerAddressThatDoesNotComeBackIsSaid() throws Exception {
    ScratchBox box = real(PORTS);
    link(box, "eth1", "");
    box.write("addresses-eth1", LIVE);
    box.stage(change(box, Map.of("01-netcfg.yaml", PORTS.replace("150.1/24", "150.2/24"))));
    box.network("apply-" + ID);
    box.write("addresses-eth1", LIVE.replace("150.1/24", "150.11/24"));

    box.network("revert-" + ID);

    assertThat(box.status().state()).isEqualTo(State.REVERT_FAILED);
    assertThat(box.status().reason()).endsWith("missing: 192.168.150.1/24 on eth1");
    assertThat(box.calls()).contains("systemctl restart systemd-networkd");
    assertThat(box.text("etc/netplan/01-netcfg.yaml")).isEqualTo(PORTS);
  }

  private static final String ROUTES =
      PORTS
          + "      routes:\n"
          + "        - {to: 0.0.0.0/0, via: 192.168.150.9}\n"
          + "        - {to: 'fd01::/48', via: 'fd00::9', table: 77}\n"
          + "        - {to: 10.9.0.0/16, type: unreachable}\n";

  private static final String LIVE =
      "3: eth1    inet 192.168.150.1/24 scope global eth1\n3: eth1    inet6 fd00::1/64 scope global\n";
  private static final String DEFAULT =
      "-4 route show table main exact 0.0.0.0/0 via 192.168.150.9 dev eth1\n";
  private static final String OWN_TABLE =
      "-6 route show table 77 exact fd01::/48 via fd00::9 dev eth1\n";

  /** A box on which all that is set up is there, and a change that is applied. */
  private ScratchBox routed() throws Exception {
    ScratchBox box = real(ROUTES);
    link(box, "eth1", "");
    box.write("addresses-eth1", LIVE);
    box.write("routes", DEFAULT + OWN_TABLE);
    box.stage(change(box, Map.of("01-netcfg.yaml", ROUTES.replace("150.1/24", "150.2/24"))));
    box.network("apply-" + ID);
    return box;
  }

  @Test
  void addressesAndRoutesOfBothFamiliesAreBack() throws Exception {
    ScratchBox box = routed();

    box.network("revert-" + ID);

    assertThat(box.status()).isEqualTo(new StagingStatus(ID, State.REVERTED, "it was not kept"));
  }

  @Test
  void whatIsNotBackIsSaid() throws Exception {
    ScratchBox box = routed();
    box.write("addresses-eth1", LIVE.replace("fd00::1/64", "fd00::1/128"));
    box.write("routes", "");

    box.network("revert-" + ID);

    assertThat(box.status().state()).isEqualTo(State.REVERT_FAILED);
    assertThat(box.status().reason())
        .endsWith(
            "missing: fd00::1/64 on eth1,the route to 0.0.0.0/0 via 192.168.150.9 on eth1,"
                + "the route to fd01::/48 via fd00::9 on eth1");
  }

  @Test
  void whatWasNotThereBeforeIsNotWaitedFor() throws Exception {
    ScratchBox box = real(ROUTES);
    link(box, "eth1", "");
    box.write("addresses-eth1", LIVE);
    box.stage(change(box, Map.of("01-netcfg.yaml", PORTS)));
    box.network("apply-" + ID);

    box.network("revert-" + ID);

    assertThat(box.status().state()).isEqualTo(State.REVERTED);
  }

  @Test
  void aGatewayWithoutARouteOfItsOwnIsLookedForToo() throws Exception {
    ScratchBox box = routed();
    box.network("revert-" + ID);
    box.write(
        "run/systemd/network/10-netplan-eth1.network",
        "[Match]\nName=eth1\n\n[Network]\nGateway=192.168.150.7\nGateway=fd00::7\n");

    box.network("check-" + ID);

    assertThat(box.status().reason())
        .contains(
            "the route to 0.0.0.0/0 via 192.168.150.7 on eth1,"
                + "the route to ::/0 via fd00::7 on eth1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itIsLookedAtOnceMoreTenMinutesLater(boolean kept) throws Exception {
    ScratchBox box = routed();
    if (kept) {
      box.write("addresses-eth1", LIVE.replace("150.1/24", "150.2/24"));
      box.keep(ID);
    }
    box.network((kept ? "commit-" : "revert-") + ID);
    assertThat(box.calls().stream().filter(call -> call.startsWith("systemd-run")))
        .singleElement(as(STRING))
        .contains("--on-active=600")
        .endsWith("--unit=airbox-network@check-" + ID + ".service");
    StagingStatus after = box.status();
    int calls = box.calls().size();

    box.network("check-" + ID);
    assertThat(box.status()).isEqualTo(after);
    assertThat(box.calls().subList(calls, box.calls().size()))
        .noneMatch(call -> call.startsWith("systemctl"));

    box.write("routes", DEFAULT);
    box.network("check-anotheranother");
    assertThat(box.status()).as("of another change").isEqualTo(after);
    box.network("check-" + ID);
    assertThat(box.status().state()).isEqualTo(after.state());
    assertThat(box.status().reason()).startsWith("after ten minutes").contains("fd01::/48");
    assertThat(box.calls()).contains("systemctl restart systemd-networkd");
  }

  @Test
  void withoutACableNoAddressIsWaitedFor() throws Exception {
    ScratchBox box = real(PORTS);
    link(box, "eth1", "");
    box.write("sys/class/net/eth1/carrier", "0\n");
    box.stage(change(box, Map.of("01-netcfg.yaml", PORTS.replace("150.1/24", "150.2/24"))));
    box.network("apply-" + ID);

    box.network("revert-" + ID);

    assertThat(box.status().state()).isEqualTo(State.REVERTED);
  }

  @Test
  void theRealNetplanIsAskedBeforeAnythingIsWritten() throws Exception {
    ScratchBox box = real(PORTS);
    Staging staging = box.staging(Disk.real());

    staging.check(change(box, Map.of("01-netcfg.yaml", bond("802.3ad"))));
    StagingException refused =
        catchThrowableOfType(
            StagingException.class,
            () ->
                staging.check(
                    change(box, Map.of("01-netcfg.yaml", PORTS.replace("150.1/24", "150.1/99")))));

    assertThat(refused.reason()).isEqualTo(StagingException.Reason.REFUSED);
    assertThat(refused)
        .hasMessageContaining("/etc/netplan/01-netcfg.yaml:6")
        .hasMessageContaining("/99");
    assertThat(box.root.resolve("var/lib/airbox-network/transaction")).doesNotExist();
  }
}
