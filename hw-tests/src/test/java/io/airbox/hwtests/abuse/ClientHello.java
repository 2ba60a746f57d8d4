package io.airbox.hwtests.abuse;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The first message of a TLS handshake (RFC 5246 §7.4.1.2), also in versions and with ciphers that
 * the JDK has forgotten how to offer.
 */
final class ClientHello {
  private static final int[] GROUPS = {0x001d, 0x0017, 0x0018};
  private static final int[] SIGNATURES = {0x0403, 0x0804, 0x0401, 0x0203, 0x0201};

  private final byte[] record;

  private ClientHello(int version, int... ciphers) {
    try {
      byte[] hello = hello(version, ciphers);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(22); // a handshake record
      out.writeShort(version == 0x0300 ? 0x0300 : 0x0301);
      out.writeShort(hello.length + 4);
      out.writeByte(1); // client hello
      out.writeByte(0);
      out.writeShort(hello.length);
      out.write(hello);
      record = bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of SSL 3.0. */
  static ClientHello ssl3(int... ciphers) {
    return new ClientHello(0x0300, ciphers);
  }

  /** Of TLS 1.0. */
  static ClientHello tls10(int... ciphers) {
    return new ClientHello(0x0301, ciphers);
  }

  /** Of TLS 1.1. */
  static ClientHello tls11(int... ciphers) {
    return new ClientHello(0x0302, ciphers);
  }

  /** Of TLS 1.2, which offers no later version. */
  static ClientHello tls12(int... ciphers) {
    return new ClientHello(0x0303, ciphers);
  }

  private static byte[] hello(int version, int... ciphers) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(version);
    out.write(new byte[32]);
    out.writeByte(0); // no session
    list(out, ciphers);
    out.writeShort(0x0100); // no compression
    byte[] extensions = extensions();
    out.writeShort(extensions.length);
    out.write(extensions);
    return bytes.toByteArray();
  }

  private static byte[] extensions() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] name = "localhost".getBytes(StandardCharsets.US_ASCII);
    out.writeShort(0); // server name
    out.writeShort(name.length + 5);
    out.writeShort(name.length + 3);
    out.writeByte(0);
    out.writeShort(name.length);
    out.write(name);
    out.writeShort(10); // groups
    out.writeShort(GROUPS.length * 2 + 2);
    list(out, GROUPS);
    out.writeShort(11); // point formats
    out.writeShort(2);
    out.writeShort(0x0100);
    out.writeShort(13); // signatures
    out.writeShort(SIGNATURES.length * 2 + 2);
    list(out, SIGNATURES);
    out.writeShort(0xff01); // secure renegotiation
    out.writeShort(1);
    out.writeByte(0);
    return bytes.toByteArray();
  }

  private static void list(DataOutputStream out, int... values) throws IOException {
    out.writeShort(values.length * 2);
    for (int value : values) {
      out.writeShort(value);
    }
  }

  /** The record on the wire. */
  byte[] bytes() {
    return record.clone();
  }

  /** The record, a character per byte. */
  String text() {
    return new String(record, StandardCharsets.ISO_8859_1);
  }
}
