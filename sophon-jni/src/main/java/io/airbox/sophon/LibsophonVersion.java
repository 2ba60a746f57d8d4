package io.airbox.sophon;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of libsophon, as {@code 0.5.1}. */
public record LibsophonVersion(int major, int minor, int patch)
    implements Comparable<LibsophonVersion> {
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(?:[-_+].*)?");
  private static final String FOLDER = "libsophon-";

  /** The version in an installation folder's name, {@code libsophon-0.5.1}. */
  public static Optional<LibsophonVersion> ofFolder(String name) {
    return name.startsWith(FOLDER) ? ofText(name.substring(FOLDER.length())) : Optional.empty();
  }

  /** The version in {@code 0.5.1} or {@code 0.5.1-LTS}; empty for other texts. */
  public static Optional<LibsophonVersion> ofText(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new LibsophonVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /** The version that {@code bm_get_driver_version} packs into an int. */
  public static LibsophonVersion ofDriver(int packed) {
    return new LibsophonVersion(packed >>> 16, packed >>> 8 & 0xFF, packed & 0xFF);
  }

  @Override
  public int compareTo(LibsophonVersion other) {
    int byMajor = Integer.compare(major, other.major);
    int byMinor = Integer.compare(minor, other.minor);
    return byMajor != 0 ? byMajor : byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
