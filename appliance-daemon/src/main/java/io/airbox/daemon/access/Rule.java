package io.airbox.daemon.access;

import java.util.Set;

/**
 * Whom a route is for and what it asks of the channel.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT}, {@code PATCH} or {@code DELETE}; a {@code
 *     HEAD} counts as its {@code GET}
 * @param template the path as it is mounted: {@code /api/v1/jobs/:id}, {@code
 *     /api/v1/pictures/:id.png}, {@code /webjars/*}. A variable stands for one segment that is not
 *     empty, {@code *} at the end for all that follows, also nothing
 */
public record Rule(String method, String template, Audience audience, Demand demand) {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  public Rule {
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException("method must be one of " + METHODS + ", was " + method);
    }
    // throws what is wrong with it
    PathTemplate.parse(template);
  }

  /** Method and path, as {@code GET /api/v1/keys}. */
  @Override
  public String toString() {
    return method + " " + template;
  }
}
