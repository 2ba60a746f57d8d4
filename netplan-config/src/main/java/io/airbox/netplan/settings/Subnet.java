package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.math.BigInteger;

/**
 * An address range.
 *
 * @param ip any address of it, kept as given
 * @param prefix 0 to 32 or 128
 */
public record Subnet(IpAddress ip, int prefix) {
  /** Everything, IPv4. */
  public static final Subnet ALL_V4 = parse("0.0.0.0/0");

  /** Everything, IPv6. */
  public static final Subnet ALL_V6 = parse("::/0");

  /**
   * @throws NetplanException {@code INVALID_VALUE} when the prefix is out of range
   */
  public Subnet {
    if (prefix < 0 || prefix > ip.bits()) {
      throw NetplanException.invalid(
          "prefix",
          "prefix length " + prefix + " of " + ip + " is out of range; use 0 to " + ip.bits());
    }
  }

  /**
   * Reads {@code IP/prefix} or a single address.
   *
   * @throws NetplanException {@code INVALID_VALUE} otherwise
   */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      IpAddress ip = new IpAddress(text);
      return new Subnet(ip, ip.bits());
    }
    return new Subnet(new IpAddress(text.substring(0, slash)), Numbers.prefix(text, slash));
  }

  public boolean contains(IpAddress other) {
    return other.bits() == ip.bits() && bits(other).equals(bits(ip));
  }

  /** Whether one holds the other. */
  public boolean overlaps(Subnet other) {
    return prefix <= other.prefix ? contains(other.ip) : other.contains(ip);
  }

  /** Whether it is the whole of a family: the destination of a default route. */
  public boolean isDefault() {
    return prefix == 0;
  }

  /** Its first address. */
  public IpAddress network() {
    return address(bits(ip).shiftLeft(ip.bits() - prefix));
  }

  /** Its last address; the broadcast address of an IPv4 net with a prefix up to 30. */
  public IpAddress last() {
    return address(
        bits(ip)
            .shiftLeft(ip.bits() - prefix)
            .or(BigInteger.ONE.shiftLeft(ip.bits() - prefix).subtract(BigInteger.ONE)));
  }

  @Override
  public String toString() {
    return ip + "/" + prefix;
  }

  private BigInteger bits(IpAddress of) {
    return new BigInteger(1, of.bytes()).shiftRight(of.bits() - prefix);
  }

  private IpAddress address(BigInteger value) {
    byte[] raw = value.toByteArray();
    byte[] out = new byte[ip.bits() / 8];
    int n = Math.min(raw.length, out.length);
    System.arraycopy(raw, raw.length - n, out, out.length - n, n);
    return IpAddress.of(out);
  }
}
