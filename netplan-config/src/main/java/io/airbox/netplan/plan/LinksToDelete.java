package io.airbox.netplan.plan;

import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Virtual devices that must go before {@code netplan apply}: networkd makes missing ones and leaves
 * present ones as they are, whatever their files say now.
 */
final class LinksToDelete {
  private static final Pattern NAME = Pattern.compile("(?m)^Name=(\\S+)$");

  private LinksToDelete() {}

  /** Those whose {@code .netdev} goes or changes, and before them what is built on them. */
  static List<String> of(
      Map<String, String> made,
      Map<String, String> makes,
      NetworkSettings before,
      NetworkSettings after,
      Surroundings surroundings) {
    Set<String> changed = new TreeSet<>();
    made.forEach(
        (path, text) -> {
          if (path.endsWith(".netdev") && !text.equals(makes.get(path))) {
            Matcher name = NAME.matcher(text);
            if (name.find()) {
              changed.add(name.group(1));
            }
          }
        });
    // what netplan could not be asked for, since the files were broken
    before
        .bonds()
        .forEach(
            (id, bond) -> {
              if (!after.bonds().containsKey(id)
                  || !after.bonds().get(id).parameters().equals(bond.parameters())) {
                changed.add(id);
              }
            });
    Set<String> ordered = new LinkedHashSet<>();
    changed.forEach(link -> withDependents(link, before, ordered, new TreeSet<>()));
    List<String> links = new ArrayList<>(ordered);
    if (!surroundings.present().isEmpty()) {
      links.retainAll(surroundings.present());
    }
    return links;
  }

  private static void withDependents(
      String link, NetworkSettings before, Set<String> ordered, Set<String> seen) {
    if (!seen.add(link)) {
      return;
    }
    for (OtherInterface other : before.others()) {
      // a VLAN goes with its link; a bridge only loses a port
      if (other.type().equals("vlans") && other.uses().contains(link)) {
        withDependents(other.id(), before, ordered, seen);
      }
    }
    ordered.add(link);
  }
}
