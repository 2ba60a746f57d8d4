package io.airbox.netplan.plan;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Programs that write netplan's files beside this one, by what they leave in a tree. */
final class Editors {
  private static final String NETPLAN = "/etc/netplan/";

  /** The vendor's tool and web services, with where they are found. */
  private static final Map<String, List<String>> VENDOR =
      new TreeMap<>(
          Map.of(
              "bm_set_ip",
              List.of("/usr/sbin/bm_set_ip", "/usr/bin/bm_set_ip", "/usr/local/bin/bm_set_ip"),
              "bmssm",
              units("bmssm"),
              "sophliteos",
              units("sophliteos"),
              "algoliteos",
              units("algoliteos")));

  private Editors() {}

  static List<Editor> in(Path sysroot) {
    List<Editor> found = new ArrayList<>();
    VENDOR.forEach(
        (program, paths) ->
            paths.stream()
                .filter(path -> there(sysroot, path))
                .findFirst()
                .ifPresent(
                    path ->
                        found.add(
                            new Editor(
                                program,
                                NETPLAN + "01-netcfg.yaml",
                                path,
                                "the vendor's; it writes this file without regard to what else is"
                                    + " in it: do not use it while a change waits to be confirmed,"
                                    + " and plan anew afterwards"))));
    boolean disabled =
        there(sysroot, "/etc/cloud/cloud-init.disabled")
            || there(sysroot, "/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg")
            || there(sysroot, "/etc/cloud/cloud.cfg.d/subiquity-disable-cloudinit-networking.cfg");
    if (there(sysroot, "/usr/bin/cloud-init") && !disabled) {
      found.add(
          new Editor(
              "cloud-init",
              NETPLAN + "50-cloud-init.yaml",
              "/usr/bin/cloud-init",
              "it writes its file again when it takes the machine for a new one; to keep your"
                  + " settings put \"network: {config: disabled}\" into"
                  + " /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg"));
    }
    if (there(sysroot, "/etc/netplan/00-installer-config.yaml")) {
      found.add(
          new Editor(
              "subiquity",
              NETPLAN + "00-installer-config.yaml",
              "/etc/netplan/00-installer-config.yaml",
              "Ubuntu's installer wrote it once and does not come back"));
    }
    networkManager(sysroot)
        .ifPresent(
            path ->
                found.add(
                    new Editor(
                        "NetworkManager",
                        NETPLAN + "90-NM-*.yaml",
                        path,
                        "from Ubuntu 23.10 on it keeps its connections in such files; change those"
                            + " with nmcli")));
    return found;
  }

  private static Optional<String> networkManager(Path sysroot) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(sysroot.resolve("etc/netplan"), "90-NM-*.yaml")) {
      for (Path file : files) {
        return Optional.of(NETPLAN + file.getFileName());
      }
    } catch (IOException e) {
      // no folder, or one that is not for us to see: the program tells as much
    }
    String program = "/usr/sbin/NetworkManager";
    return there(sysroot, program) ? Optional.of(program) : Optional.empty();
  }

  private static List<String> units(String name) {
    return List.of(
        "/etc/systemd/system/" + name + ".service", "/lib/systemd/system/" + name + ".service");
  }

  private static boolean there(Path sysroot, String path) {
    return Files.exists(sysroot.resolve(path.substring(1)));
  }
}
