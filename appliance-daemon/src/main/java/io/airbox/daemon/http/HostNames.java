package io.airbox.daemon.http;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The names by which this machine may be called: {@code localhost}, its host name, that with {@code
 * .local}, and those of the settings. The host name is looked up again when an unknown name is
 * asked for, at most once a second. Used on one event loop.
 */
final class HostNames {
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  private final Set<String> configured;
  private final Supplier<String> hostName;
  private final LongSupplier nanoTime;
  private Set<String> own = Set.of();
  private long looked;

  /**
   * Names that follow the machine's.
   *
   * @param configured in lower case
   * @param hostName quick, without asking a name service
   */
  HostNames(Collection<String> configured, Supplier<String> hostName, LongSupplier nanoTime) {
    this.configured = Set.copyOf(configured);
    this.hostName = hostName;
    this.nanoTime = nanoTime;
    this.looked = nanoTime.getAsLong() - FRESH;
  }

  /** Whether a {@code Host} of this name means this machine. */
  boolean include(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    if (name.equals("localhost") || configured.contains(name) || own.contains(name)) {
      return true;
    }
    long now = nanoTime.getAsLong();
    if (now - looked < FRESH) {
      return false;
    }
    looked = now;
    own = names(hostName.get().toLowerCase(Locale.ROOT));
    return own.contains(name);
  }

  private static Set<String> names(String hostName) {
    int dot = hostName.indexOf('.');
    String first = dot < 0 ? hostName : hostName.substring(0, dot);
    Set<String> names = new HashSet<>();
    if (!first.isEmpty()) {
      names.addAll(List.of(hostName, first, first + ".local"));
    }
    return names;
  }
}
