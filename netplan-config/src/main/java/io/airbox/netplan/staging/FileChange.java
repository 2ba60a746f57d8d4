package io.airbox.netplan.staging;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one netplan file.
 *
 * @param name its base name, which ends with {@code .yaml}
 * @param before the SHA-256 (64 lower-case hexadecimal digits) of what it is now, where it counts:
 *     {@code /etc/netplan} before {@code /lib/netplan}; null if there is none
 * @param after what it is to be; null to remove it
 */
public record FileChange(String name, @Nullable String before, @Nullable String after) {
  /** Names that netplan reads, and nothing that could leave the folder or hide in it. */
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,94}\\.yaml");

  static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * A checked change.
   *
   * @throws IllegalArgumentException the name or the checksum is none, or nothing changes
   */
  public FileChange {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not a netplan file's name: letters, digits, '.', '_' and '-', at most 100, ending .yaml");
    }
    if (before != null && !SHA_256.matcher(before).matches()) {
      throw new IllegalArgumentException(name + ": the checksum of what it was is no SHA-256");
    }
    if (before == null && after == null) {
      throw new IllegalArgumentException(name + ": neither was nor will be");
    }
  }

  /**
   * A change of a file's bytes.
   *
   * @param before what the file is now; null if there is none
   * @param after what it is to be; null to remove it
   * @throws IllegalArgumentException the name is none, or {@code after} is not UTF-8
   */
  public static FileChange of(String name, byte @Nullable [] before, byte @Nullable [] after) {
    return new FileChange(
        name, before == null ? null : sha256(before), after == null ? null : text(name, after));
  }

  /** The SHA-256 of these bytes, as {@link #before} has it. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String text(String name, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(name + ": is not UTF-8", e);
    }
  }
}
