package io.airbox.netplan.document;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.yaml.YamlDocument;
import io.airbox.netplan.yaml.YamlNode;
import io.airbox.netplan.yaml.YamlNode.Entry;
import io.airbox.netplan.yaml.YamlNode.Item;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads documents one after the other, in netplan's order, into one set of settings.
 *
 * <p>Like netplan it goes through the keys and applies each to what is known so far, so that files
 * and duplicate keys join by the same rules: single values replace, lists grow, keys add up.
 */
final class SettingsReader {
  /**
   * @param places by path, in reading order
   * @param kept keys without room in the settings, by path
   */
  record Result(
      NetworkSettings settings,
      Map<String, List<Place>> places,
      Map<String, Origin> kept,
      List<Finding> findings) {}

  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]{0,30}");

  private final Notes notes = new Notes();
  private final Map<String, InterfaceDraft> drafts = new LinkedHashMap<>();

  void read(YamlDocument document) {
    Optional<YamlNode> root = document.root();
    if (root.isEmpty()) {
      return;
    }
    refuseControlCharacters(document, root.get(), "");
    if (!(root.get() instanceof Mapping mapping)) {
      notes.findings.add(
          Finding.error(
                  "wrong-form", "", "the file must have the key network", "write network: first")
              .at(document.origin(root.get())));
      return;
    }
    for (Cursor top : Cursor.of(notes, document, mapping)) {
      if (top.name().equals("network")) {
        top.note(top.name());
        top.entries().forEach(this::network);
      } else {
        top.error(
            "unknown-key",
            "the key " + NetplanException.quoted(top.name()) + " is not netplan's",
            "netplan knows network only");
      }
    }
  }

  private void network(Cursor entry) {
    String path = entry.name();
    switch (path) {
      case "version" -> {
        if (entry.text().filter(text -> !text.equals("2")).isPresent()) {
          entry.error("invalid-value", "netplan knows version 2 only", "write version: 2");
        }
        entry.note(path);
      }
      case "renderer" -> {
        InterfaceDraft.renderer(entry);
        entry.note(path);
      }
      case "openvswitch" -> entry.keep(path);
      default -> {
        if (!TYPE.matcher(path).matches()) {
          entry.error(
              "unknown-key",
              NetplanException.quoted(path) + " is no kind of interface",
              "write ethernets or bonds");
          return;
        }
        entry.note(path);
        entry.entries().forEach(below -> interfaceOf(entry.name(), below));
      }
    }
  }

  private void interfaceOf(String type, Cursor entry) {
    if (entry.name().equals("renderer") && entry.value() instanceof Scalar) {
      InterfaceDraft.renderer(entry);
      entry.keep();
      return;
    }
    entry.note();
    InterfaceDraft draft =
        drafts.computeIfAbsent(entry.name(), id -> new InterfaceDraft(type, id, entry));
    if (!draft.type().equals(type)) {
      entry.error(
          "defined-twice",
          NetplanException.quoted(entry.name())
              + " is one of "
              + draft.type()
              + " already, see "
              + draft.first().place().origin(),
          "give one of them another name");
      return;
    }
    entry.entries().forEach(draft::read);
  }

  Result result() {
    Map<String, Ethernet> ethernets = new LinkedHashMap<>();
    Map<String, Bond> bonds = new LinkedHashMap<>();
    List<OtherInterface> others = new ArrayList<>();
    for (InterfaceDraft draft : drafts.values()) {
      Optional<Ethernet> port = draft.isEthernet() ? draft.ethernet() : Optional.empty();
      Optional<Bond> bond = draft.isBond() ? draft.bond() : Optional.empty();
      if (port.isPresent()) {
        ethernets.put(draft.id(), port.get());
      } else if (bond.isPresent()) {
        bonds.put(draft.id(), bond.get());
      } else {
        draft.other().ifPresent(others::add);
      }
    }
    return new Result(
        new NetworkSettings(ethernets, bonds, others), notes.places, notes.kept, notes.findings);
  }

  /**
   * Old versions of netplan write every text as it is into networkd's files, where a line break
   * starts a setting, or a section, of its own.
   */
  private void refuseControlCharacters(YamlDocument document, YamlNode node, String path) {
    if (node instanceof Scalar scalar) {
      scalar
          .value()
          .codePoints()
          .filter(Character::isISOControl)
          .findFirst()
          .ifPresent(
              c ->
                  notes.findings.add(
                      Finding.error(
                              "control-character",
                              path,
                              String.format(
                                  Locale.ROOT, "the text has a control character, U+%04X", c),
                              "delete it: it could smuggle settings into the files that netplan"
                                  + " writes")
                          .at(document.origin(node))));
    } else if (node instanceof Sequence sequence) {
      for (Item item : sequence.items()) {
        refuseControlCharacters(document, item.value(), path);
      }
    } else if (node instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        refuseControlCharacters(document, entry.key(), path);
        refuseControlCharacters(
            document,
            entry.value(),
            path.isEmpty() && entry.name().equals("network")
                ? ""
                : Cursor.join(path, entry.name()));
      }
    }
  }
}
