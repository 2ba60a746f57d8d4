package io.airbox.netplan.edit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Files of {@code /etc/netplan} that make netplan do what is wanted, with the fewest changes to
 * what they were before this appliance first changed them.
 */
public final class NetplanEdit {
  private NetplanEdit() {}

  /**
   * Edits files.
   *
   * @param now what all files say
   * @return the bytes of files in {@code /etc/netplan} that change, by name; empty for one to be
   *     deleted. Read together with the others they say {@code wanted}, but that a gateway in the
   *     old spelling becomes a route, and what has no effect may stay
   * @throws NetplanException {@code NOT_EDITABLE} when that cannot be reached by an edit
   */
  public static Map<String, Optional<byte[]>> edit(
      NetplanConfiguration now, NetworkSettings wanted) {
    try {
      return edit(now, wanted, true);
    } catch (NetplanException atFirst) {
      try {
        // somebody has edited around the memory of what was before: forget it
        return edit(now, wanted, false);
      } catch (NetplanException again) {
        again.addSuppressed(atFirst);
        throw again;
      }
    }
  }

  private static Map<String, Optional<byte[]>> edit(
      NetplanConfiguration now, NetworkSettings wanted, boolean remembering) {
    Map<String, String> bases = new LinkedHashMap<>();
    List<NetplanFile> files = new ArrayList<>();
    for (NetplanFile file : now.files()) {
      YamlDocument document = now.documents().get(file.name());
      NetplanFile base = file;
      if (!file.hidden() && document != null) {
        String text = document.text();
        if (file.folder() == Folder.ETC) {
          text = remembering ? WayBack.base(text) : WayBack.body(text);
          base = new NetplanFile(file.folder(), file.name(), text.getBytes(UTF_8), false);
        }
        bases.put(file.name(), text);
      }
      files.add(base);
    }
    NetplanConfiguration base = NetplanConfiguration.of(files);
    NetworkSettings settled = settled(modern(wanted, base.settings()), base.settings());
    SettingsEdit edit = new SettingsEdit(base);
    edit.edit(settled);
    Map<String, Optional<byte[]>> changes = changes(now, bases, edit.texts());
    NetplanConfiguration after = NetplanConfiguration.of(after(now.files(), changes));
    verify(changes, List.of(now, base), after, settled);
    return changes;
  }

  private static Map<String, Optional<byte[]>> changes(
      NetplanConfiguration now, Map<String, String> bases, Map<String, String> texts) {
    Map<String, Optional<byte[]>> changes = new TreeMap<>();
    texts.forEach(
        (name, body) -> {
          String base = bases.getOrDefault(name, "");
          String text = WayBack.attach(body, base, YamlDocument.read(name, body).lineBreak());
          byte[] bytes = text.getBytes(UTF_8);
          byte[] present = bytes(now.files(), Folder.ETC, name);
          byte[] below = bytes(now.files(), Folder.LIB, name);
          boolean shown =
              now.files().stream()
                  .anyMatch(f -> !f.hidden() && f.name().equals(name) && f.folder() == Folder.RUN);
          if (shown || (present != null && Arrays.equals(present, bytes))) {
            return;
          }
          if (present == null) {
            if (!Arrays.equals(below, bytes)) {
              changes.put(name, Optional.of(bytes));
            }
          } else {
            boolean needless = bytes.length == 0 || Arrays.equals(below, bytes);
            changes.put(name, needless ? Optional.empty() : Optional.of(bytes));
          }
        });
    return changes;
  }

  private static byte @Nullable [] bytes(List<NetplanFile> files, Folder folder, String name) {
    return files.stream()
        .filter(file -> file.folder() == folder && file.name().equals(name))
        .map(NetplanFile::bytes)
        .findFirst()
        .orElse(null);
  }

  /**
   * The files of a tree in which those of {@code /etc/netplan} were changed.
   *
   * @param changes bytes by name; empty for a deleted file
   * @return in any order; which of them are hidden is for {@link NetplanConfiguration#of} to say
   */
  public static List<NetplanFile> after(
      List<NetplanFile> files, Map<String, Optional<byte[]>> changes) {
    List<NetplanFile> all = new ArrayList<>();
    for (NetplanFile file : files) {
      if (file.folder() != Folder.ETC || !changes.containsKey(file.name())) {
        all.add(file);
      }
    }
    changes.forEach(
        (name, bytes) ->
            bytes.ifPresent(b -> all.add(new NetplanFile(Folder.ETC, name, b, false))));
    return all;
  }

  /** Fails when files do not say what they should, or lost a key that nobody asked to drop. */
  private static void verify(
      Map<String, Optional<byte[]>> changes,
      List<NetplanConfiguration> before,
      NetplanConfiguration after,
      NetworkSettings wanted) {
    changes.forEach(
        (name, bytes) -> {
          if (bytes.isPresent() && !after.documents().containsKey(name)) {
            throw notEditable(name + " would not be readable any more");
          }
        });
    if (!after.settings().equals(wanted)) {
      throw notEditable(
          "the files would say something else of " + difference(after.settings(), wanted));
    }
    Set<String> kept = new TreeSet<>();
    before.forEach(configuration -> kept.addAll(configuration.kept().keySet()));
    // a route goes with all of its keys
    kept.removeIf(path -> path.contains("]."));
    kept.removeIf(
        path ->
            wanted.interfaces().keySet().stream()
                .noneMatch(
                    id ->
                        path.startsWith("ethernets." + id + ".")
                            || path.startsWith("bonds." + id + ".")));
    if (!after.kept().keySet().containsAll(kept)) {
      kept.removeAll(after.kept().keySet());
      throw notEditable("the edit would lose " + String.join(", ", kept));
    }
  }

  private static NetplanException notEditable(String why) {
    return new NetplanException(
        NetplanException.Reason.NOT_EDITABLE,
        "the files cannot be edited to say that: " + why + "; edit them by hand");
  }

  private static String difference(NetworkSettings read, NetworkSettings wanted) {
    List<String> differing = new ArrayList<>();
    Map<String, Object> all = new LinkedHashMap<>();
    wanted.ethernets().forEach(all::put);
    wanted.bonds().forEach(all::put);
    read.ethernets().forEach((id, port) -> all.merge(id, port, (a, b) -> a.equals(b) ? id : b));
    read.bonds().forEach((id, bond) -> all.merge(id, bond, (a, b) -> a.equals(b) ? id : b));
    all.forEach(
        (id, value) -> {
          if (!value.equals(id)) {
            differing.add(id);
          }
        });
    return differing.isEmpty() ? "other interfaces" : String.join(", ", differing);
  }

  /**
   * A gateway in the old spelling only where the files have the same one; elsewhere it is the
   * default route that it stands for.
   */
  private static NetworkSettings modern(NetworkSettings wanted, NetworkSettings base) {
    NetworkSettings modern = wanted;
    for (Ethernet port : wanted.ethernets().values()) {
      modern = modern.with(port.with(modern(port.settings(), base.interfaceSettings(port.id()))));
    }
    for (Bond bond : wanted.bonds().values()) {
      modern = modern.with(bond.with(modern(bond.settings(), base.interfaceSettings(bond.id()))));
    }
    return modern;
  }

  private static InterfaceSettings modern(
      InterfaceSettings wanted, Optional<InterfaceSettings> base) {
    IpAddress v4 = wanted.gateway4();
    IpAddress v6 = wanted.gateway6();
    boolean known4 = v4 == null || base.map(s -> v4.equals(s.gateway4())).orElse(false);
    boolean known6 = v6 == null || base.map(s -> v6.equals(s.gateway6())).orElse(false);
    if (known4 && known6) {
      return wanted;
    }
    List<Route> routes = new ArrayList<>(wanted.routes());
    if (v6 != null) {
      routes.add(0, Route.defaultVia(v6));
    }
    if (v4 != null) {
      routes.add(0, Route.defaultVia(v4));
    }
    return wanted.withRoutes(routes);
  }

  /** What has no effect as the files have it: a DHCP identifier where no server is asked. */
  private static NetworkSettings settled(NetworkSettings wanted, NetworkSettings base) {
    NetworkSettings settled = wanted;
    for (Ethernet port : wanted.ethernets().values()) {
      settled =
          settled.with(port.with(settled(port.settings(), base.interfaceSettings(port.id()))));
    }
    for (Bond bond : wanted.bonds().values()) {
      settled =
          settled.with(bond.with(settled(bond.settings(), base.interfaceSettings(bond.id()))));
    }
    return settled;
  }

  private static InterfaceSettings settled(
      InterfaceSettings wanted, Optional<InterfaceSettings> base) {
    return wanted.dhcp().any() || base.isEmpty()
        ? wanted
        : wanted.withDhcp(base.get().dhcp().off());
  }
}
