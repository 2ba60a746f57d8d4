package io.airbox.ota.hawkbit;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What proves to hawkBit who asks. Its file is read with each request, so that it may change. */
public final class Token {
  private static final int LONGEST = 512;
  private static final Pattern TEXT = Pattern.compile("[\\x21-\\x7e]+");

  private final String kind;
  private final Path file;

  private Token(String kind, Path file) {
    this.kind = kind;
    this.file = file;
  }

  /** The token of one box: {@code securityToken} of its target. */
  public static Token ofTarget(Path file) {
    return new Token("TargetToken", file);
  }

  /** The tenant's token for gateways. Whoever has it may speak for every box. */
  public static Token ofGateway(Path file) {
    return new Token("GatewayToken", file);
  }

  /**
   * The header of that name.
   *
   * @throws UpdateException {@code UNREACHABLE}: the file cannot be read, or holds no token
   */
  String authorization() {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (IOException e) {
      throw new UpdateException(
          Reason.UNREACHABLE, "hawkBit's token cannot be read: " + e.getMessage(), e);
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
    if (bytes.length > LONGEST || !TEXT.matcher(text).matches()) {
      throw new UpdateException(
          Reason.UNREACHABLE, file + " holds no token; it is one line of letters and digits");
    }
    return kind + " " + text;
  }
}
