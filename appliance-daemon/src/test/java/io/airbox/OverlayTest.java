package io.airbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.config.ConfigLoader;
import io.airbox.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the files of rootfs-overlay to each other and to the program; that systemd takes the units
 * as they are meant is seen in the Linux double.
 */
class OverlayTest {
  private static final Path ROOT = Path.of(System.getProperty("airbox.root"));
  private static final Path TREE = ROOT.resolve("rootfs-overlay/src/main/tree");
  private static final Path UNITS = TREE.resolve("usr/lib/systemd/system");
  private static final Path DISTRIBUTION = ROOT.resolve("appliance-daemon/src/main/dist");
  private static final Set<String> SECTIONS = Set.of("Unit", "Service", "Socket", "Install");

  /** A unit's settings by {@code Section.Key}; a key may come several times. */
  private static Map<String, String> unit(String name) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    String section = "";
    for (String line : lines(UNITS.resolve(name))) {
      if (line.startsWith("[")) {
        section = line.substring(1, line.length() - 1);
        assertThat(SECTIONS).as(name).contains(section);
        continue;
      }
      assertThat(line).as(name).matches("[A-Z][A-Za-z]*=\\S?.*").doesNotEndWith("\\");
      String[] parts = line.split("=", 2);
      settings.merge(section + "." + parts[0], parts[1], (one, two) -> one + " " + two);
    }
    return settings;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /** The names that sysusers makes. */
  private static Set<String> accounts() throws IOException {
    return lines(TREE.resolve("usr/lib/sysusers.d/airbox.conf")).stream()
        .map(line -> line.split("\\s+")[1])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> folders() throws IOException {
    return lines(TREE.resolve("usr/lib/tmpfiles.d/airbox.conf")).stream()
        .map(line -> line.split("\\s+")[1])
        .collect(Collectors.toSet());
  }

  private static DaemonConfig settings() {
    return new ConfigLoader(Map.of()).load(TREE.resolve("etc/airbox/airbox.properties"), Map.of());
  }

  @Test
  void theSettingsOfABoxAreAccepted() throws Exception {
    DaemonConfig config = settings();

    assertThat(config.http().host()).isEqualTo("0.0.0.0");
    assertThat(folders()).contains(String.valueOf(config.storage().data()));
    for (String line : lines(TREE.resolve("etc/airbox/airbox.properties"))) {
      String[] parts = line.split("\\s*=\\s*", 2);
      if (parts[0].endsWith(".group")) {
        assertThat(accounts()).as(line).contains(parts[1]);
      }
    }
  }

  @Test
  void theDaemonMayWriteWhatItUsesAndNothingElse() throws Exception {
    Map<String, String> unit = unit("airboxd.service");

    assertThat(unit.get("Service.ReadWritePaths").split(" "))
        .containsExactlyInAnyOrderElementsOf(folders());
    assertThat(unit).containsEntry("Service.ProtectSystem", "strict");
    assertThat(accounts()).contains(unit.get("Service.User"));
    assertThat(accounts()).containsAll(List.of(unit.get("Service.SupplementaryGroups").split(" ")));
    assertThat(unit).containsEntry("Service.CapabilityBoundingSet", "");
  }

  @Test
  void unitsStartProgramsThatExist() throws Exception {
    Path command = TREE.resolve("usr/bin/airbox");
    assertThat(Files.readSymbolicLink(command)).hasToString("../lib/airbox/bin/airbox");
    assertThat(unit("airboxd.service").get("Service.ExecStart")).isEqualTo("/usr/bin/airbox run");
    String helper = unit("airbox-helper@.service").get("Service.ExecStart");
    assertThat(helper).startsWith("/usr/lib/airbox/");
    for (String program : List.of("bin/airbox", helper.substring("/usr/lib/airbox/".length()))) {
      assertThat(DISTRIBUTION.resolve(program)).isExecutable();
    }
  }

  @Test
  void theHelperListensWhereTheDaemonAsks() throws Exception {
    Map<String, String> socket = unit("airbox-helper.socket");
    Map<String, String> service = unit("airbox-helper@.service");

    assertThat(socket).containsEntry("Socket.ListenStream", settings().helper().toString());
    assertThat(socket).containsEntry("Socket.Accept", "yes");
    assertThat(socket.get("Socket.SocketGroup"))
        .isEqualTo(unit("airboxd.service").get("Service.Group"));
    assertThat(service).containsEntry("Service.StandardInput", "socket");
    assertThat(service).containsEntry("Service.ReadWritePaths", "/etc");
    assertThat(service).containsEntry("Service.CapabilityBoundingSet", "CAP_SYS_TIME");
  }

  @Test
  void networkChangesNeedNeitherJavaNorTheDaemon() throws Exception {
    Path program = TREE.resolve("usr/libexec/airbox-network");
    assertThat(program).isExecutable();
    assertThat(Files.readString(program)).startsWith("#!/bin/sh\n").doesNotContain("java");
    Map<String, String> step = unit("airbox-network@.service");
    Map<String, String> recover = unit("airbox-network-recover.service");
    assertThat(step).containsEntry("Service.ExecStart", "/usr/libexec/airbox-network %i");
    assertThat(recover).containsEntry("Service.ExecStart", "/usr/libexec/airbox-network recover");
    // before anything is brought up from half of a change
    assertThat(recover.get("Unit.Before").split(" "))
        .contains("network-pre.target", "systemd-networkd.service");
    assertThat(step.get("Unit.After")).isEqualTo("airbox-network-recover.service");
    assertThat(step).containsEntry("Service.Restart", "on-failure");
    for (Map<String, String> unit : List.of(step, recover, unit("airbox-helper@.service"))) {
      assertThat(unit).containsEntry("Service.StateDirectory", "airbox-network");
      assertThat(unit).containsEntry("Service.StateDirectoryMode", "0700");
    }
    assertThat(Files.readString(ROOT.resolve("rootfs-overlay/README.md")))
        .contains("systemctl enable airbox-network-recover.service");
  }

  @Test
  void everyFileIsExplained() throws Exception {
    String readme = Files.readString(ROOT.resolve("rootfs-overlay/README.md"));
    try (Stream<Path> files = Files.walk(TREE)) {
      List<String> names =
          files
              .filter(file -> !Files.isDirectory(file))
              .map(file -> "`" + TREE.relativize(file) + "`")
              .toList();
      assertThat(names).hasSizeGreaterThan(5).allMatch(readme::contains);
    }
  }
}
