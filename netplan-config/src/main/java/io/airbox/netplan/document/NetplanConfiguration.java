package io.airbox.netplan.document;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.check.NetworkChecks;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.yaml.YamlDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What all netplan files of a tree say together. Immutable.
 *
 * <p>Paths are netplan's keys joined by dots, with an index behind lists: {@code
 * ethernets.eth0.addresses[0]}. Indexes count values of {@code settings}: a value that stands in
 * two files counts once, and one that cannot be read not at all.
 *
 * @param files all that are read or hidden, sorted by name, then folder
 * @param documents those that count and are YAML, by name, in netplan's order
 * @param settings the merged settings; what cannot be parsed is left out and told in {@code
 *     findings}
 * @param places what each setting comes from, by path, in netplan's order: of a single value the
 *     last one counts, lists are joined
 * @param kept keys that {@code settings} has no room for, by path; an edit leaves them alone
 * @param findings what is wrong with the files, errors first; at most 1000
 */
public record NetplanConfiguration(
    List<NetplanFile> files,
    Map<String, YamlDocument> documents,
    NetworkSettings settings,
    Map<String, List<Place>> places,
    Map<String, Origin> kept,
    List<Finding> findings) {
  private static final int MOST_FINDINGS = 1000;

  public NetplanConfiguration {
    files = List.copyOf(files);
    documents = Collections.unmodifiableMap(new LinkedHashMap<>(documents));
    places = Collections.unmodifiableMap(new LinkedHashMap<>(places));
    kept = Collections.unmodifiableMap(new LinkedHashMap<>(kept));
    findings = List.copyOf(findings);
  }

  /**
   * Reads {@code {lib,etc,run}/netplan/*.yaml} below {@code sysroot}.
   *
   * @throws NetplanException {@code UNREADABLE}
   */
  public static NetplanConfiguration read(Path sysroot) {
    return of(NetplanTree.read(sysroot));
  }

  /**
   * What these files say.
   *
   * @param files in any order; which of them are hidden is found out here
   */
  public static NetplanConfiguration of(List<NetplanFile> files) {
    List<NetplanFile> ordered = NetplanTree.ordered(files);
    Map<String, YamlDocument> documents = new LinkedHashMap<>();
    List<Finding> findings = new ArrayList<>();
    SettingsReader reader = new SettingsReader();
    for (NetplanFile file : ordered) {
      if (file.hidden()) {
        continue;
      }
      try {
        YamlDocument document = YamlDocument.read(file.name(), file.bytes());
        documents.put(file.name(), document);
        findings.addAll(document.findings());
        reader.read(document);
      } catch (NetplanException e) {
        Origin origin = e.origin();
        String message = String.valueOf(e.getMessage());
        findings.add(
            Finding.error(
                    "invalid-yaml",
                    "",
                    origin == null ? message : message.substring((origin + ": ").length()),
                    "mend it: where netplan cannot read a file, it sets up no network at all at the next"
                        + " start")
                .at(origin));
      }
    }
    SettingsReader.Result result = reader.result();
    findings.addAll(result.findings());
    return new NetplanConfiguration(
        ordered, documents, result.settings(), result.places(), result.kept(), worst(findings));
  }

  /**
   * {@link #findings} and what {@link NetworkChecks} says of the settings, each with the place it
   * comes from, errors first.
   *
   * @param present interfaces that exist, as in {@code /sys/class/net}; empty for unknown
   * @param reachedThrough the interface that the asker's connection came through
   */
  public List<Finding> check(Set<String> present, Optional<String> reachedThrough) {
    List<Finding> all = new ArrayList<>(findings);
    for (Finding finding : NetworkChecks.findings(settings, present, reachedThrough)) {
      all.add(finding.at(origin(finding.path()).orElse(null)));
    }
    return worst(all);
  }

  /** Errors first, and no more than anybody reads. */
  private static List<Finding> worst(List<Finding> findings) {
    return findings.stream()
        .sorted(Comparator.comparing(Finding::severity))
        .limit(MOST_FINDINGS)
        .toList();
  }

  /** SHA-256 in lower-case hexadecimal over all files' paths and bytes. */
  public String fingerprint() {
    return NetplanTree.fingerprint(files);
  }

  /** Where each value stands, by path; of several places the one that counts. */
  public Map<String, Origin> origins() {
    Map<String, Origin> origins = new LinkedHashMap<>();
    places.forEach((path, all) -> origins.put(path, all.get(all.size() - 1).origin()));
    return Collections.unmodifiableMap(origins);
  }

  /**
   * Where a value stands; of a value that is not written, where the nearest setting around it
   * stands.
   */
  public Optional<Origin> origin(String path) {
    String at = path;
    while (!at.isEmpty()) {
      List<Place> all = places.get(at);
      if (all != null) {
        return Optional.of(all.get(all.size() - 1).origin());
      }
      at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
    }
    return Optional.empty();
  }
}
