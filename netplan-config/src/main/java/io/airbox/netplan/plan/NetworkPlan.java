package io.airbox.netplan.plan;

import io.airbox.netplan.check.Finding;
import io.airbox.netplan.settings.NetworkSettings;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A change, thought through to its end. Immutable; nothing was touched to make it.
 *
 * @param id SHA-256 in lower-case hexadecimal over {@code basedOn} and the files after: the same
 *     change of the same files has the same id, whoever asks
 * @param basedOn {@link io.airbox.netplan.document.NetplanConfiguration#fingerprint()} of all files
 *     that were read; when it differs now, somebody changed them and the plan is stale
 * @param files by name, those that change; empty when nothing does
 * @param before what the files say now
 * @param after what they would say
 * @param yamlDiff unified diff of the files of {@code /etc/netplan}; empty when nothing changes
 * @param generatedDiff unified diff of what {@code netplan generate} makes under {@code /run};
 *     empty when netplan refuses the files or nothing changes
 * @param findings errors first; a plan with an error must not be applied
 * @param consequences what people notice
 * @param addresses by interface, those it would have: {@code IP/prefix}, or {@code dhcp4}, {@code
 *     dhcp6}, {@code link-local}
 * @param urls where the box's page is afterwards, best first; tried in order by the page that waits
 *     for the confirmation
 * @param linksToDelete virtual devices to delete before {@code netplan apply}, which neither
 *     changes nor removes one: dropped ones and those whose netdev file changes
 * @param editors who else writes these files
 */
public record NetworkPlan(
    String id,
    String basedOn,
    Map<String, FileChange> files,
    NetworkSettings before,
    NetworkSettings after,
    String yamlDiff,
    String generatedDiff,
    List<Finding> findings,
    List<Consequence> consequences,
    Map<String, List<String>> addresses,
    List<URI> urls,
    List<String> linksToDelete,
    List<Editor> editors) {
  public NetworkPlan {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    findings = List.copyOf(findings);
    consequences = List.copyOf(consequences);
    addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
    urls = List.copyOf(urls);
    linksToDelete = List.copyOf(linksToDelete);
    editors = List.copyOf(editors);
  }

  /** Whether no finding forbids it. */
  public boolean isApplicable() {
    return findings.stream().noneMatch(Finding::isError);
  }

  /** Whether it would change any byte. */
  public boolean changesAnything() {
    return !files.isEmpty();
  }
}
