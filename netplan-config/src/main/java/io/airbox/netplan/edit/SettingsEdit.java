package io.airbox.netplan.edit;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.document.Place;
import io.airbox.netplan.edit.YamlValue.Flag;
import io.airbox.netplan.edit.YamlValue.Items;
import io.airbox.netplan.edit.YamlValue.Keys;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Edits files so that together they say what is wanted. A value is changed in the file that it
 * comes from; a list's item is taken out of the file that has it; what is new goes to the file
 * whose keys already lead the farthest towards it. Not thread-safe.
 */
final class SettingsEdit {
  static final String USUAL_FILE = "01-netcfg.yaml";

  private static final String ROOT = "network";
  private static final String ETHERNETS = "ethernets";
  private static final String BONDS = "bonds";

  /** Lists that netplan joins over files; of others, the last file's counts. */
  private static final Set<String> JOINED = Set.of("addresses", "search", "routes", "interfaces");

  /** Mappings that say nothing when empty. */
  private static final Set<String> CONTAINERS =
      Set.of(
          BONDS,
          "nameservers",
          "parameters",
          "match",
          "dhcp4-overrides",
          "dhcp6-overrides",
          "vlans",
          "bridges",
          "tunnels",
          "vrfs",
          "wifis",
          "modems",
          "nm-devices");

  /** Flags whose absence says no. */
  private static final Set<String> NO_BY_DEFAULT =
      Set.of("dhcp4", "dhcp6", "optional", "wakeonlan");

  /** Other spellings that netplan takes. */
  private static final Map<String, String> ALSO_WRITTEN =
      Map.of(
          "all-slaves-active", "all-members-active",
          "packets-per-slave", "packets-per-member",
          "gratuitous-arp", "gratuitious-arp");

  private final NetplanConfiguration start;
  private final List<EditedFile> files = new ArrayList<>();

  /**
   * @param configuration of the files to start from; those that cannot be parsed stay as they are
   */
  SettingsEdit(NetplanConfiguration configuration) {
    start = configuration;
    for (NetplanFile file : configuration.files()) {
      YamlDocument document = configuration.documents().get(file.name());
      if (!file.hidden() && document != null) {
        files.add(new EditedFile(file.folder(), document));
      }
    }
  }

  /**
   * Edits to {@code wanted}.
   *
   * @throws NetplanException {@code NOT_EDITABLE}
   */
  void edit(NetworkSettings wanted) {
    NetworkSettings base = start.settings();
    for (OtherInterface other : wanted.others()) {
      if (!base.others().contains(other)) {
        throw new NetplanException(
            NetplanException.Reason.NOT_EDITABLE,
            other.type()
                + "."
                + NetplanException.quoted(other.id())
                + " is shown and kept, not edited; change the file by hand");
      }
    }
    for (OtherInterface other : base.others()) {
      if (!wanted.others().contains(other)) {
        remove(List.of(ROOT, other.type(), other.id()));
      }
    }
    for (String id : base.bonds().keySet()) {
      if (!wanted.bonds().containsKey(id)) {
        remove(List.of(ROOT, BONDS, id));
      }
    }
    for (String id : base.ethernets().keySet()) {
      if (!wanted.ethernets().containsKey(id)) {
        remove(List.of(ROOT, ETHERNETS, id));
      }
    }
    for (Ethernet port : wanted.ethernets().values()) {
      Ethernet was = base.ethernets().get(port.id());
      change(
          List.of(ROOT, ETHERNETS, port.id()),
          was == null ? null : SettingsValues.of(was),
          SettingsValues.of(port),
          0);
    }
    for (Bond bond : wanted.bonds().values()) {
      Bond was = base.bonds().get(bond.id());
      int members = 0;
      for (String member : bond.members()) {
        members = Math.max(members, firstWith(List.of(ROOT, ETHERNETS, member)));
      }
      change(
          List.of(ROOT, BONDS, bond.id()),
          was == null ? null : SettingsValues.of(was),
          SettingsValues.of(bond),
          members);
    }
  }

  /** The text of each file now, by name. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    files.forEach(file -> texts.put(file.name(), file.text()));
    return texts;
  }

  private int firstWith(List<String> path) {
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).has(path)) {
        return i;
      }
    }
    return 0;
  }

  private void change(
      List<String> path,
      @Nullable Map<List<String>, YamlValue> was,
      Map<List<String>, YamlValue> want,
      int notBefore) {
    if (was == null) {
      // netplan knows an interface only from the file that defines it on
      fileFor(path, notBefore).set(path, nested(want));
      return;
    }
    Set<List<String>> keys = new LinkedHashSet<>(was.keySet());
    keys.addAll(want.keySet());
    for (List<String> key : keys) {
      YamlValue old = was.get(key);
      YamlValue value = want.get(key);
      if (!Objects.equals(old, value)) {
        changeValue(spelled(concat(path, key)), old, value);
      }
    }
  }

  private void changeValue(List<String> path, @Nullable YamlValue old, @Nullable YamlValue value) {
    String key = path.get(path.size() - 1);
    if (JOINED.contains(key)) {
      changeList(path, items(old), items(value));
    } else if (value != null) {
      Optional<EditedFile> owner = lastWith(path);
      owner.map(this::editable).orElseGet(() -> fileFor(path, 0)).set(path, value);
    } else if (NO_BY_DEFAULT.contains(key) && lastWith(path).isPresent()) {
      editable(lastWith(path).get()).set(path, new Flag(false));
    } else {
      remove(path);
    }
  }

  /** The path as the files have it. */
  private List<String> spelled(List<String> path) {
    int last = path.size() - 1;
    String other = ALSO_WRITTEN.get(path.get(last));
    if (other == null || lastWith(path).isPresent()) {
      return path;
    }
    List<String> also = concat(path.subList(0, last), List.of(other));
    return lastWith(also).isPresent() ? also : path;
  }

  private static List<YamlValue> items(@Nullable YamlValue value) {
    return value instanceof Items list ? list.items() : List.of();
  }

  /** Takes a key away in all files, and mappings that say nothing without it. */
  private void remove(List<String> path) {
    for (EditedFile file : files) {
      if (file.has(path)) {
        removeIn(editable(file), path);
      }
    }
  }

  private static void removeIn(EditedFile file, List<String> path) {
    List<String> gone = path;
    while (gone.size() > 2
        && CONTAINERS.contains(gone.get(gone.size() - 2))
        && file.siblings(gone) == 1) {
      gone = gone.subList(0, gone.size() - 1);
    }
    file.remove(gone);
  }

  /** What becomes of one item of a list in one file, and what comes behind it. */
  private static final class ItemEdit {
    private boolean gone;
    private @Nullable YamlValue replacement;
    private final List<YamlValue> behind = new ArrayList<>();
  }

  /** Edits of one list, by file and index in it, the last first; -1 is before the first item. */
  private static final class ListEdit {
    private final Map<EditedFile, Map<Integer, ItemEdit>> edits = new LinkedHashMap<>();

    ItemEdit at(EditedFile file, int index) {
      return edits
          .computeIfAbsent(file, f -> new TreeMap<>(Comparator.reverseOrder()))
          .computeIfAbsent(index, i -> new ItemEdit());
    }
  }

  /** An item of a list in one file. */
  private record Source(EditedFile file, int index) {}

  private void changeList(List<String> path, List<YamlValue> was, List<YamlValue> want) {
    List<List<Source>> sources = new ArrayList<>();
    for (int i = 0; i < was.size(); i++) {
      sources.add(sources(path, i));
    }
    ListEdit edit = new ListEdit();
    for (AbstractDelta<YamlValue> delta : DiffUtils.diff(was, want).getDeltas()) {
      int at = delta.getSource().getPosition();
      int gone = delta.getSource().size();
      List<YamlValue> come = delta.getTarget().getLines();
      int replaced = Math.min(gone, come.size());
      for (int i = 0; i < gone; i++) {
        List<Source> places = sources.get(at + i);
        for (int j = 0; j < places.size(); j++) {
          ItemEdit item = edit.at(places.get(j).file(), places.get(j).index());
          if (i < replaced && j == 0) {
            item.replacement = come.get(i);
          } else {
            item.gone = true;
          }
        }
      }
      List<YamlValue> added = come.subList(replaced, come.size());
      if (added.isEmpty()) {
        continue;
      }
      int behind = at + replaced - 1;
      if (behind >= 0) {
        Source source = sources.get(behind).get(0);
        edit.at(source.file(), source.index()).behind.addAll(added);
      } else if (!sources.isEmpty()) {
        edit.at(sources.get(0).get(0).file(), -1).behind.addAll(added);
      } else {
        edit.at(lastWith(path).orElseGet(() -> fileFor(path, 0)), -1).behind.addAll(added);
      }
    }
    edit.edits.forEach((file, items) -> editList(editable(file), path, items));
  }

  private static void editList(EditedFile file, List<String> path, Map<Integer, ItemEdit> edits) {
    if (edits.values().stream().allMatch(edit -> edit.gone && edit.behind.isEmpty())
        && file.items(path).size() == edits.size()
        && file.isBlockList(path)) {
      removeIn(file, path);
      return;
    }
    edits.forEach(
        (index, edit) -> {
          for (int i = edit.behind.size() - 1; i >= 0; i--) {
            file.insertItem(path, index, edit.behind.get(i));
          }
          if (edit.replacement != null) {
            file.replaceItem(path, index, edit.replacement);
          } else if (edit.gone) {
            file.removeItem(path, index);
          }
        });
  }

  /** Where a value of a joined list stands; it may stand in several files. */
  private List<Source> sources(List<String> path, int index) {
    List<Source> sources = new ArrayList<>();
    String name = String.join(".", path.subList(1, path.size())) + "[" + index + "]";
    for (Place place : start.places().getOrDefault(name, List.of())) {
      EditedFile before = new EditedFile(Folder.ETC, place.document());
      for (EditedFile file : files) {
        int at = file.name().equals(place.file()) ? before.items(path).indexOf(place.item()) : -1;
        if (at >= 0) {
          sources.add(new Source(file, at));
        }
      }
    }
    if (sources.isEmpty()) {
      throw new NetplanException(
          NetplanException.Reason.NOT_EDITABLE,
          name + " stands in no file that can be edited; change it by hand");
    }
    return sources;
  }

  private Optional<EditedFile> lastWith(List<String> path) {
    for (int i = files.size() - 1; i >= 0; i--) {
      if (files.get(i).has(path)) {
        return Optional.of(files.get(i));
      }
    }
    return Optional.empty();
  }

  /** The file that something new goes to; a new one when there is none in {@code /etc}. */
  private EditedFile fileFor(List<String> path, int notBefore) {
    Optional<EditedFile> best =
        files.subList(notBefore, files.size()).stream()
            .filter(file -> file.folder() == Folder.ETC)
            // of equals the first
            .max(
                Comparator.<EditedFile>comparingInt(file -> known(file, path))
                    .thenComparingInt(file -> -files.indexOf(file)));
    if (best.isPresent()) {
      return best.get();
    }
    Optional<EditedFile> usual =
        files.stream().filter(file -> file.name().equals(USUAL_FILE)).findFirst();
    if (usual.isPresent()) {
      return editable(usual.get());
    }
    EditedFile fresh = new EditedFile(Folder.ETC, YamlDocument.read(USUAL_FILE, ""));
    Map<String, YamlValue> head = new LinkedHashMap<>();
    head.put("version", new YamlValue.Text("2"));
    head.put("renderer", new YamlValue.Text("networkd"));
    fresh.set(List.of(ROOT), new Keys(head));
    files.add(fresh);
    files.sort(Comparator.comparing(EditedFile::name));
    return fresh;
  }

  private static int known(EditedFile file, List<String> path) {
    int known = path.size();
    while (known > 0 && !file.has(path.subList(0, known))) {
      known--;
    }
    return known;
  }

  private EditedFile editable(EditedFile file) {
    if (file.folder() == Folder.RUN) {
      throw new NetplanException(
          NetplanException.Reason.NOT_EDITABLE,
          "/run/netplan/"
              + file.name()
              + " says this until the next start of the machine, and is not ours to change; remove"
              + " it, or wait until the change that made it is confirmed or taken back");
    }
    return file;
  }

  /** Paths as mappings within mappings. */
  private static YamlValue nested(Map<List<String>, YamlValue> values) {
    Map<String, YamlValue> top = new LinkedHashMap<>();
    Map<String, Map<List<String>, YamlValue>> inner = new LinkedHashMap<>();
    values.forEach(
        (path, value) -> {
          if (path.size() == 1) {
            top.put(path.get(0), value);
          } else {
            top.putIfAbsent(path.get(0), value);
            inner
                .computeIfAbsent(path.get(0), key -> new LinkedHashMap<>())
                .put(path.subList(1, path.size()), value);
          }
        });
    inner.forEach((key, rest) -> top.put(key, nested(rest)));
    return new Keys(top);
  }

  private static List<String> concat(List<String> path, List<String> more) {
    List<String> all = new ArrayList<>(path);
    all.addAll(more);
    return List.copyOf(all);
  }
}
