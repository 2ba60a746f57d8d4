package io.airbox.netplan.plan;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One file of {@code /etc/netplan} before and after.
 *
 * @param name without folder; letters, digits, {@code . _ -}, ends in {@code .yaml}
 * @param before bytes; null when the file does not exist in {@code /etc/netplan}
 * @param after bytes; null when the file is to be deleted
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; equality is defined below
public record FileChange(String name, byte @Nullable [] before, byte @Nullable [] after) {
  public FileChange {
    before = before == null ? null : before.clone();
    after = after == null ? null : after.clone();
  }

  @Override
  public byte @Nullable [] before() {
    return before == null ? null : before.clone();
  }

  @Override
  public byte @Nullable [] after() {
    return after == null ? null : after.clone();
  }

  /** Whether the bytes stay, or a file that is not there is to be deleted. */
  public boolean changesNothing() {
    return Arrays.equals(before, after);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileChange change
        && name.equals(change.name)
        && Arrays.equals(before, change.before)
        && Arrays.equals(after, change.after);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + Arrays.hashCode(before)) + Arrays.hashCode(after);
  }

  @Override
  public String toString() {
    return name + (before == null ? " is new" : after == null ? " is deleted" : " changes");
  }
}
