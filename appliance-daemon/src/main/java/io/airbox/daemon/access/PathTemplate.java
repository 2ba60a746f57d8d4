package io.airbox.daemon.access;

import java.util.ArrayList;
import java.util.List;

/**
 * The pattern of a path, as a router mounts it. Slashes at the end of a path mean nothing; empty
 * segments elsewhere match nothing.
 */
final class PathTemplate {
  private static final String REST = "*";

  private final String text;
  private final List<Segment> segments;
  private final boolean open;

  private PathTemplate(String text, List<Segment> segments, boolean open) {
    this.text = text;
    this.segments = List.copyOf(segments);
    this.open = open;
  }

  /**
   * One segment.
   *
   * @param variable whether something stands before the text
   * @param text the segment itself, or what follows the variable
   */
  private record Segment(boolean variable, String text) {
    static Segment parse(String segment, String template) {
      if (!segment.startsWith(":")) {
        if (segment.isEmpty() || segment.contains(":") || segment.contains(REST)) {
          throw wrong(template, "\"" + segment + "\" is neither a name, a :variable nor a last *");
        }
        return new Segment(false, segment);
      }
      int end = 1;
      while (end < segment.length() && Character.isLetterOrDigit(segment.charAt(end))) {
        end++;
      }
      String suffix = segment.substring(end);
      if (end == 1 || suffix.contains(":") || suffix.contains(REST)) {
        throw wrong(template, "\"" + segment + "\" is not :name or :name.suffix");
      }
      return new Segment(true, suffix);
    }

    boolean matches(String segment) {
      return variable
          ? segment.length() > text.length() && segment.endsWith(text)
          : segment.equals(text);
    }

    boolean covers(Segment other) {
      if (!variable) {
        return equals(other);
      }
      return other.variable ? other.text.endsWith(text) : matches(other.text);
    }
  }

  private static IllegalArgumentException wrong(String template, String flaw) {
    return new IllegalArgumentException("path template " + template + ": " + flaw);
  }

  static PathTemplate parse(String template) {
    if (!template.startsWith("/")) {
      throw wrong(template, "it must start with /");
    }
    List<String> parts = new ArrayList<>(List.of(template.substring(1).split("/", -1)));
    boolean open = parts.get(parts.size() - 1).equals(REST);
    if (open || template.equals("/")) {
      parts.remove(parts.size() - 1);
    }
    return new PathTemplate(
        template, parts.stream().map(part -> Segment.parse(part, template)).toList(), open);
  }

  /** The segments of a request's path. */
  static List<String> split(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? List.of() : List.of(path.substring(1, end).split("/", -1));
  }

  /** The first segment where it is fixed, else empty. */
  String firstName() {
    return segments.isEmpty() || segments.get(0).variable() ? "" : segments.get(0).text();
  }

  /** Whether it is {@code /*}: what is left when no other path fits. */
  boolean takesAll() {
    return open && segments.isEmpty();
  }

  boolean matches(List<String> path) {
    if (open ? path.size() < segments.size() : path.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      if (!segments.get(i).matches(path.get(i))) {
        return false;
      }
    }
    return path.stream().noneMatch(String::isEmpty);
  }

  /** Whether each path that the other one matches is matched by this one too. */
  boolean covers(PathTemplate other) {
    if (segments.size() > other.segments.size() || (!open && other.open)) {
      return false;
    }
    if (!open && segments.size() != other.segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      if (!segments.get(i).covers(other.segments.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether some path is matched by both. */
  boolean meets(PathTemplate other) {
    int both = Math.min(segments.size(), other.segments.size());
    for (int i = 0; i < both; i++) {
      Segment mine = segments.get(i);
      Segment theirs = other.segments.get(i);
      if (!mine.covers(theirs) && !theirs.covers(mine)) {
        return false;
      }
    }
    return (open || segments.size() >= other.segments.size())
        && (other.open || other.segments.size() >= segments.size());
  }

  @Override
  public String toString() {
    return text;
  }
}
