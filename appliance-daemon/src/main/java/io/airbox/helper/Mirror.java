package io.airbox.helper;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mirror of the distribution's packages: an URL below which the archives lie by their usual names
 * ({@code ubuntu-ports}, {@code debian-security}, …).
 *
 * @param base without a slash at its end
 */
record Mirror(String base) {
  private static final int LONGEST = 200;

  private static final Pattern BASE =
      Pattern.compile(
          "https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
              + "|\\[[0-9a-f:.]{2,45}\\])(?::[1-9][0-9]{0,4})?(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]*)*",
          Pattern.CASE_INSENSITIVE);

  /** Archives that mirrors keep under these names; they stay as they are. */
  private static final Set<String> ARCHIVES =
      Set.of("ubuntu", "ubuntu-ports", "debian", "debian-security");

  /** What stands behind the release's name in a suite of the distribution itself. */
  private static final Set<String> POCKETS =
      Set.of(
          "", "-updates", "-security", "-backports", "-proposed", "-proposed-updates", "/updates");

  /** {@code sources.list(5)}: type, options in brackets, URI, suite, components. */
  private static final Pattern LINE =
      Pattern.compile("(\\s*deb(?:-src)?\\s+(?:\\[[^\\]]*\\]\\s+)?)(\\S+)(\\s+(\\S+)(?:\\s.*)?)");

  /**
   * Checks a mirror.
   *
   * @throws RefusedException it is none
   */
  static Mirror parse(String field, String text) throws RefusedException {
    String base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (base.length() > LONGEST || !BASE.matcher(base).matches()) {
      throw new RefusedException(
          field,
          "is not the URL of a mirror: http:// or https://, a host and perhaps a path of letters,"
              + " digits and . _ ~ -, such as https://mirrors.example.org/pub");
    }
    String last = base.substring(base.lastIndexOf('/') + 1);
    if (ARCHIVES.contains(last)) {
      throw new RefusedException(
          field,
          "leave out /"
              + last
              + ": the archives keep their names below the mirror, only what is"
              + " before them changes");
    }
    return new Mirror(base);
  }

  /**
   * A list of sources in which the distribution's own lines come from this mirror, with pockets and
   * components as they were, and everything else stays.
   *
   * @param sources the text of {@code /etc/apt/sources.list}
   * @param release the release's code name, such as {@code focal}
   * @throws RefusedException no line is the distribution's own
   */
  String in(String field, String sources, String release) throws RefusedException {
    List<String> lines = new ArrayList<>();
    boolean found = false;
    for (String line : sources.split("\n", -1)) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches() && own(parts.group(2), parts.group(4), release)) {
        found = true;
        lines.add(parts.group(1) + base + "/" + archive(parts.group(2)) + parts.group(3));
      } else {
        lines.add(line);
      }
    }
    if (!found) {
      throw new RefusedException(
          field,
          "no line of /etc/apt/sources.list names an archive of "
              + release
              + "; this only changes where such lines point");
    }
    return String.join("\n", lines);
  }

  private static boolean own(String uri, String suite, String release) {
    return ARCHIVES.contains(archive(uri))
        && suite.startsWith(release)
        && POCKETS.contains(suite.substring(release.length()));
  }

  private static String archive(String uri) {
    String plain = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }
}
