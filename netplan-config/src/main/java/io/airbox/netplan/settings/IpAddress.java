package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address, never a name; nothing is ever looked up.
 *
 * @param text canonical: dotted quad without leading zeros, or RFC 5952
 */
public record IpAddress(String text) implements Comparable<IpAddress> {
  private static final Pattern V4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
  private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

  /**
   * @throws NetplanException {@code INVALID_VALUE} when {@code text} is no address
   */
  public IpAddress {
    byte[] bytes = bytesOf(text);
    if (bytes.length == 0) {
      throw NetplanException.invalid(
          "address",
          NetplanException.quoted(text) + " is no IP address; write 192.168.1.10 or 2001:db8::10");
    }
    text = canonical(bytes);
  }

  /** The address of 4 or 16 bytes. */
  public static IpAddress of(byte[] bytes) {
    return new IpAddress(canonical(bytes));
  }

  /** Whether {@code text} is an address in any accepted spelling. */
  public static boolean isValid(String text) {
    return bytesOf(text).length > 0;
  }

  public boolean isV6() {
    return text.indexOf(':') >= 0;
  }

  /** 32 or 128. */
  public int bits() {
    return isV6() ? 128 : 32;
  }

  /** 4 or 16 bytes, a new array each time. */
  public byte[] bytes() {
    return bytesOf(text);
  }

  /** Whether a host may have it: not unspecified, loopback, multicast or 240.0.0.0/4. */
  public boolean isUnicast() {
    byte[] b = bytes();
    int first = b[0] & 0xff;
    if (!isV6()) {
      return first != 0 && first != 127 && first < 224;
    }
    BigInteger value = new BigInteger(1, b);
    return value.signum() != 0 && !value.equals(BigInteger.ONE) && first != 0xff;
  }

  /** 169.254.0.0/16 or fe80::/10. */
  public boolean isLinkLocal() {
    byte[] b = bytes();
    return isV6()
        ? (b[0] & 0xff) == 0xfe && (b[1] & 0xc0) == 0x80
        : (b[0] & 0xff) == 169 && (b[1] & 0xff) == 254;
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = Integer.compare(bits(), other.bits());
    return byFamily != 0 ? byFamily : Arrays.compareUnsigned(bytes(), other.bytes());
  }

  @Override
  public String toString() {
    return text;
  }

  private static byte[] bytesOf(String text) {
    byte[] none = {};
    if (text.length() > 45) {
      return none;
    }
    return text.indexOf(':') < 0 ? v4(text) : v6(text);
  }

  private static byte[] v4(String text) {
    Matcher m = V4.matcher(text);
    if (!m.matches()) {
      return new byte[0];
    }
    byte[] out = new byte[4];
    for (int i = 0; i < 4; i++) {
      String part = m.group(i + 1);
      int value = Integer.parseInt(part);
      // a leading zero means octal to some programs and decimal to others
      if (value > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
        return new byte[0];
      }
      out[i] = (byte) value;
    }
    return out;
  }

  private static byte[] v6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return new byte[0];
    }
    byte[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
    byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
    if (head.length > 16 || tail.length > 16) {
      return new byte[0];
    }
    int length = head.length + tail.length;
    if (gap < 0 ? length != 16 : length > 14) {
      return new byte[0];
    }
    byte[] out = Arrays.copyOf(head, 16);
    System.arraycopy(tail, 0, out, 16 - tail.length, tail.length);
    return out;
  }

  /** Bytes of colon-separated groups; 17 bytes when they are none. */
  private static byte[] groups(String text, boolean mayEndInV4) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    byte[] wrong = new byte[17];
    String[] parts = text.split(":", -1);
    byte[] out = new byte[2 * parts.length + 2];
    int n = 0;
    for (int i = 0; i < parts.length; i++) {
      if (mayEndInV4 && i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        byte[] v4 = v4(parts[i]);
        if (v4.length == 0) {
          return wrong;
        }
        System.arraycopy(v4, 0, out, n, 4);
        n += 4;
      } else if (GROUP.matcher(parts[i]).matches()) {
        int value = Integer.parseInt(parts[i], 16);
        out[n++] = (byte) (value >> 8);
        out[n++] = (byte) value;
      } else {
        return wrong;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /**
   * RFC 5952 for 16 bytes: lower case, the longest run of two or more zero groups as {@code ::}.
   */
  private static String canonical(byte[] b) {
    if (b.length == 4) {
      return (b[0] & 0xff) + "." + (b[1] & 0xff) + "." + (b[2] & 0xff) + "." + (b[3] & 0xff);
    }
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (b[2 * i] & 0xff) << 8 | (b[2 * i + 1] & 0xff);
    }
    int from = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int j = i;
      while (j < 8 && groups[j] == 0) {
        j++;
      }
      if (j - i > longest) {
        from = i;
        longest = j - i;
      }
      i = Math.max(i, j - 1);
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == from) {
        out.append("::");
        i += longest - 1;
      } else {
        if (out.length() > 0 && out.charAt(out.length() - 1) != ':') {
          out.append(':');
        }
        out.append(Integer.toHexString(groups[i]));
      }
    }
    return out.toString();
  }
}
