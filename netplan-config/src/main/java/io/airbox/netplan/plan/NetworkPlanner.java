package io.airbox.netplan.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.edit.NetplanEdit;
import io.airbox.netplan.preset.Preset;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.yaml.YamlDocument;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Thinks changes of the network through. Blocking; thread-safe; reads its files anew at each call
 * and writes nothing outside scratch folders, which it deletes.
 */
public final class NetworkPlanner {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.yaml");
  private static final int LONGEST_NAME = 255;
  private static final String NOT_EDITABLE = "not-editable";

  private final Path sysroot;
  private final Supplier<NetplanConfiguration> source;
  private final NetplanGenerate generate;

  /**
   * @param sysroot the root above {@code etc/netplan}; {@code /} on the machine itself
   * @param generate netplan itself
   */
  public NetworkPlanner(Path sysroot, NetplanGenerate generate) {
    this(sysroot, () -> NetplanConfiguration.read(sysroot), generate);
  }

  /**
   * A planner for files that are not simply readable in the tree.
   *
   * @param sysroot where other programs that write netplan's files are looked for
   * @param source reads netplan's files; asked once by each call
   * @param generate netplan itself
   */
  public NetworkPlanner(
      Path sysroot, Supplier<NetplanConfiguration> source, NetplanGenerate generate) {
    this.sysroot = sysroot;
    this.source = source;
    this.generate = generate;
  }

  /**
   * What the files say now. A file that cannot be parsed is told in the findings and left out.
   *
   * @throws NetplanException {@code UNREADABLE}
   */
  public NetplanConfiguration current() {
    return source.get();
  }

  /**
   * A change to {@code wanted}, by the smallest edits of the files that own the values.
   *
   * @throws NetplanException {@code UNREADABLE}, {@code NETPLAN_UNAVAILABLE}; what is wrong with
   *     the settings or files is in the plan's findings instead
   */
  public NetworkPlan plan(NetworkSettings wanted, Surroundings surroundings) {
    return plan(current(), wanted, List.of(), surroundings);
  }

  /**
   * A change to a preset.
   *
   * @param fields text by field's name
   * @throws NetplanException {@code INVALID_VALUE} for an unknown, missing or wrong field; {@code
   *     UNREADABLE}, {@code NETPLAN_UNAVAILABLE}
   */
  public NetworkPlan plan(Preset preset, Map<String, String> fields, Surroundings surroundings) {
    NetplanConfiguration now = current();
    List<Consequence> told =
        preset.switchSetup().isEmpty()
            ? List.of()
            : List.of(new Consequence("switch-setup", null, preset.switchSetup()));
    return plan(now, preset.settings(now.settings(), fields), told, surroundings);
  }

  /**
   * A change of whole files of {@code /etc/netplan}, by hand.
   *
   * @param texts new text by file name; empty to delete the file. Files not named stay
   * @throws NetplanException {@code INVALID_VALUE} for a bad file name or a text that is too long;
   *     {@code UNREADABLE}, {@code NETPLAN_UNAVAILABLE}
   */
  public NetworkPlan planFiles(Map<String, Optional<String>> texts, Surroundings surroundings) {
    Map<String, Optional<byte[]>> changes = new TreeMap<>();
    texts.forEach(
        (name, text) -> {
          if (name.length() > LONGEST_NAME || !FILE_NAME.matcher(name).matches()) {
            throw NetplanException.invalid(
                "files",
                NetplanException.quoted(name)
                    + " is no name of a netplan file; use letters, digits, . _ - and end in .yaml");
          }
          Optional<byte[]> bytes = text.map(t -> t.getBytes(UTF_8));
          if (bytes.isPresent() && bytes.get().length > YamlDocument.MOST_BYTES) {
            throw NetplanException.invalid(
                "files", name + " has more than " + YamlDocument.MOST_BYTES + " bytes");
          }
          changes.put(name, bytes);
        });
    return finish(current(), changes, List.of(), List.of(), surroundings);
  }

  private NetworkPlan plan(
      NetplanConfiguration now,
      NetworkSettings wanted,
      List<Consequence> told,
      Surroundings surroundings) {
    Map<String, Optional<byte[]>> changes = Map.of();
    List<Finding> findings = List.of();
    try {
      changes = NetplanEdit.edit(now, wanted);
    } catch (NetplanException e) {
      findings = List.of(Finding.error(NOT_EDITABLE, "", String.valueOf(e.getMessage()), ""));
    }
    return finish(now, changes, findings, told, surroundings);
  }

  private NetworkPlan finish(
      NetplanConfiguration now,
      Map<String, Optional<byte[]>> wanted,
      List<Finding> told,
      List<Consequence> first,
      Surroundings surroundings) {
    Map<String, FileChange> files = new TreeMap<>();
    wanted.forEach(
        (name, bytes) -> {
          FileChange change =
              new FileChange(
                  name,
                  file(now, Folder.ETC, name).map(NetplanFile::bytes).orElse(null),
                  bytes.orElse(null));
          if (!change.changesNothing()) {
            files.put(name, change);
          }
        });
    Map<String, Optional<byte[]>> changes = new TreeMap<>(wanted);
    changes.keySet().retainAll(files.keySet());
    NetplanConfiguration after = NetplanConfiguration.of(NetplanEdit.after(now.files(), changes));
    NetplanGenerate.Result made = generate.run(tree(now));
    NetplanGenerate.Result makes = files.isEmpty() ? made : generate.run(tree(after));
    List<Finding> findings = new ArrayList<>(told);
    for (String name : files.keySet()) {
      if (file(now, Folder.RUN, name).isPresent()) {
        findings.add(
            Finding.error(
                "hidden-by-run",
                "",
                "/run/netplan/" + name + " hides /etc/netplan/" + name + ", so it has no effect",
                "wait until the change that made it is confirmed or taken back, or remove it"));
      }
    }
    findings.addAll(after.check(surroundings.present(), surroundings.reachedThrough()));
    findings.addAll(makes.findings());
    newer(now.settings(), after.settings(), findings);
    findings.sort(Comparator.comparing(Finding::severity));
    boolean takes = makes.exitCode() == 0;
    List<String> links =
        takes
            ? LinksToDelete.of(
                made.generated(), makes.generated(), now.settings(), after.settings(), surroundings)
            : List.of();
    Aftermath aftermath = new Aftermath(now.settings(), after.settings(), links, surroundings);
    List<Consequence> consequences = new ArrayList<>();
    if (!files.isEmpty()) {
      consequences.addAll(aftermath.consequences());
      consequences.addAll(first);
    }
    return new NetworkPlan(
        id(now.fingerprint(), files),
        now.fingerprint(),
        files,
        now.settings(),
        after.settings(),
        UnifiedDiff.of(etc(files, false), etc(files, true)),
        takes ? UnifiedDiff.of(made.generated(), makes.generated()) : "",
        findings.stream().distinct().toList(),
        consequences,
        aftermath.addresses(),
        aftermath.urls(),
        links,
        Editors.in(sysroot));
  }

  /** Warns of new values that an unmodified box's netplan, 0.99, does not know. */
  private static void newer(NetworkSettings before, NetworkSettings after, List<Finding> findings) {
    after
        .interfaces()
        .forEach(
            (id, each) -> {
              InterfaceSettings was = before.interfaceSettings(id).orElse(InterfaceSettings.EMPTY);
              boolean labels =
                  each.addresses().stream()
                      .anyMatch(
                          address ->
                              (address.label() != null || address.lifetime() != null)
                                  && !was.addresses().contains(address));
              boolean mtus =
                  each.routes().stream()
                      .anyMatch(route -> route.mtu() != null && !was.routes().contains(route));
              if (labels || mtus) {
                findings.add(
                    Finding.warning(
                        "needs-newer-netplan",
                        (after.bonds().containsKey(id) ? "bonds." : "ethernets.") + id,
                        id
                            + (labels
                                ? ": labels and lifetimes of addresses need netplan 0.100"
                                : ": the MTU of a route needs netplan 0.101"),
                        "leave them out where netplan is older"));
              }
            });
  }

  private static Optional<NetplanFile> file(
      NetplanConfiguration configuration, Folder folder, String name) {
    return configuration.files().stream()
        .filter(file -> file.folder() == folder && file.name().equals(name))
        .findFirst();
  }

  private static Map<String, byte[]> tree(NetplanConfiguration configuration) {
    Map<String, byte[]> tree = new TreeMap<>();
    configuration
        .files()
        .forEach(file -> tree.put(file.folder().path() + "/" + file.name(), file.bytes()));
    return tree;
  }

  private static Map<String, String> etc(Map<String, FileChange> files, boolean after) {
    Map<String, String> texts = new TreeMap<>();
    files.forEach(
        (name, change) -> {
          byte[] bytes = after ? change.after() : change.before();
          if (bytes != null) {
            texts.put(Folder.ETC.path() + "/" + name, new String(bytes, UTF_8));
          }
        });
    return texts;
  }

  private static String id(String basedOn, Map<String, FileChange> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(basedOn.getBytes(UTF_8));
      for (FileChange change : files.values()) {
        byte[] after = change.after();
        digest.update(
            ("\n" + change.name() + " " + (after == null ? "-" : after.length) + "\n")
                .getBytes(UTF_8));
        if (after != null) {
          digest.update(after);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "planner of " + sysroot + " with " + generate;
  }
}
