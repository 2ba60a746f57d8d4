package io.airbox.netplan.plan;

import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.preset.Preset;
import io.airbox.netplan.settings.NetworkSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Thinks changes of the network through. Blocking; thread-safe; reads its tree anew at each call
 * and writes nothing outside scratch folders, which it deletes.
 */
public final class NetworkPlanner {
  private final Path sysroot;
  private final NetplanGenerate generate;

  /**
   * @param sysroot the root above {@code etc/netplan}; {@code /} on the machine itself
   * @param generate netplan itself
   */
  public NetworkPlanner(Path sysroot, NetplanGenerate generate) {
    this.sysroot = sysroot;
    this.generate = generate;
  }

  /**
   * What the files say now. A file that cannot be parsed is told in the findings and left out.
   *
   * @throws io.airbox.netplan.NetplanException {@code UNREADABLE}
   */
  public NetplanConfiguration current() {
    return NetplanConfiguration.read(sysroot);
  }

  /**
   * A change to {@code wanted}, by the smallest edits of the files that own the values.
   *
   * @throws io.airbox.netplan.NetplanException {@code UNREADABLE}, {@code NETPLAN_UNAVAILABLE};
   *     what is wrong with the settings or files is in the plan's findings instead
   */
  @SuppressWarnings("DoNotCallSuggester") // not filled yet
  public NetworkPlan plan(NetworkSettings wanted, Surroundings surroundings) {
    throw new UnsupportedOperationException(sysroot + " " + generate);
  }

  /**
   * A change to a preset.
   *
   * @param fields text by field's name
   * @throws io.airbox.netplan.NetplanException {@code INVALID_VALUE} for an unknown, missing or
   *     wrong field; {@code UNREADABLE}, {@code NETPLAN_UNAVAILABLE}
   */
  public NetworkPlan plan(Preset preset, Map<String, String> fields, Surroundings surroundings) {
    return plan(preset.settings(current().settings(), fields), surroundings);
  }

  /**
   * A change of whole files of {@code /etc/netplan}, by hand.
   *
   * @param texts new text by file name; empty to delete the file. Files not named stay
   * @throws io.airbox.netplan.NetplanException {@code INVALID_VALUE} for a bad file name; {@code
   *     UNREADABLE}, {@code NETPLAN_UNAVAILABLE}
   */
  @SuppressWarnings("DoNotCallSuggester") // not filled yet
  public NetworkPlan planFiles(Map<String, Optional<String>> texts, Surroundings surroundings) {
    throw new UnsupportedOperationException(texts + " " + surroundings);
  }
}
