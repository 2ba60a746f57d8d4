package io.airbox.daemon.pictures;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A picture's id, {@code <job>-<index>}; ordered by job (whose ids sort by time), then by index. It
 * is safe as a file's name.
 */
record PictureId(String job, int index) implements Comparable<PictureId> {
  private static final Pattern FORM = Pattern.compile("([0-9a-z]{1,64})-(0|[1-9][0-9]{0,3})");
  private static final Comparator<PictureId> ORDER =
      Comparator.comparing(PictureId::job).thenComparingInt(PictureId::index);

  static Optional<PictureId> parse(String id) {
    Matcher matcher = FORM.matcher(id);
    return matcher.matches()
        ? Optional.of(new PictureId(matcher.group(1), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(PictureId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return job + "-" + index;
  }
}
