package io.airbox.daemon.config;

import java.util.List;

/** The settings cannot be used. The message lists every problem with its source, one a line. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(
        problems.size() == 1
            ? "configuration: " + problems.get(0)
            : "configuration: "
                + problems.size()
                + " problems\n  "
                + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence per problem, in the order of the keys. */
  public List<String> problems() {
    return problems;
  }
}
