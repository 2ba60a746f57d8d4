package io.airbox.netplan.document;

import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.settings.NetworkSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What all netplan files of a tree say together. Immutable.
 *
 * @param files all that are read or hidden, sorted by name, then folder
 * @param settings the merged settings; what cannot be parsed is left out and told in {@code
 *     findings}
 * @param origins where each value stands, by path: {@code ethernets.eth0.addresses[0]}
 * @param findings what is wrong with the files
 */
public record NetplanConfiguration(
    List<NetplanFile> files,
    NetworkSettings settings,
    Map<String, Origin> origins,
    List<Finding> findings) {
  /**
   * Reads {@code {lib,etc,run}/netplan/*.yaml} below {@code sysroot}.
   *
   * @throws io.airbox.netplan.NetplanException {@code UNREADABLE}
   */
  public static NetplanConfiguration read(Path sysroot) {
    return of(NetplanTree.read(sysroot));
  }

  /** What these files say. */
  static NetplanConfiguration of(List<NetplanFile> files) {
    return new NetplanConfiguration(files, NetworkSettings.EMPTY, Map.of(), List.of());
  }

  /** SHA-256 in lower-case hexadecimal over all files' paths and bytes. */
  public String fingerprint() {
    return NetplanTree.fingerprint(files);
  }
}
