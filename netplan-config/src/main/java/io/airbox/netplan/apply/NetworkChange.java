package io.airbox.netplan.apply;

import io.airbox.netplan.staging.FileChange;
import java.time.Duration;
import java.util.List;

/**
 * What is to be applied.
 *
 * @param plan the plan's id
 * @param actor who asks, for the history
 * @param window how long somebody has to confirm it, 30 s to 900 s, whole seconds; from when it
 *     begins, so that what the settings take to come up is part of it
 * @param files what happens to which file
 * @param linksToDelete virtual links that have to be deleted first
 * @param urls where the page can be opened afterwards
 * @param origins kept for the caller: from which a page may confirm
 * @param diff the change as a unified diff, for the history; without secrets
 */
public record NetworkChange(
    String plan,
    String actor,
    Duration window,
    List<FileChange> files,
    List<String> linksToDelete,
    List<String> urls,
    List<String> origins,
    String diff) {
  /** Copies the lists. */
  public NetworkChange {
    files = List.copyOf(files);
    linksToDelete = List.copyOf(linksToDelete);
    urls = List.copyOf(urls);
    origins = List.copyOf(origins);
  }
}
