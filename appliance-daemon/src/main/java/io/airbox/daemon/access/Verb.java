package io.airbox.daemon.access;

import java.util.Optional;

/**
 * A verb of the command line.
 *
 * @param words nouns, verb and the option that makes it another verb, as {@code keys add} or {@code
 *     claim --reset}
 * @param rule the route that does it; empty for what only works on this machine's own files
 */
public record Verb(String words, Optional<Rule> rule) {
  /** Whom it is for; empty for whoever may start programs on this machine. */
  public Optional<Audience> audience() {
    return rule.map(Rule::audience);
  }
}
