package io.airbox.hwtests.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The switch that a bond of mode 802.3ad wants to see at its other end: one system that takes every
 * port into one aggregate. It answers each LACPDU (IEEE 802.1AX, 6.4.2) of the box with one that
 * says what the box has said, and that its own port is in sync, collects and distributes; frames
 * themselves are the bridge's work.
 *
 * <p>A program of its own, since it has to run where the taps are: its arguments are their names.
 * It ends when it is killed.
 */
final class LacpPartner {
  /** Its system id, as {@code /proc/net/bonding} prints it. */
  static final String SYSTEM = "02:00:00:00:00:aa";

  /** Packet sockets (packet(7), linux/if_packet.h, linux/if_ether.h); numbers are Linux's. */
  private interface CLibrary extends Library {
    CLibrary C = Native.load("c", CLibrary.class);

    int AF_PACKET = 17;
    int SOCK_RAW = 3;
    int SOL_PACKET = 263;
    int PACKET_ADD_MEMBERSHIP = 1;
    short PACKET_MR_MULTICAST = 0;

    int socket(int domain, int type, int protocol) throws LastErrorException;

    int bind(int fd, byte[] address, int length) throws LastErrorException;

    int setsockopt(int fd, int level, int name, byte[] value, int length) throws LastErrorException;

    int if_nametoindex(String name) throws LastErrorException;

    long recv(int fd, byte[] buffer, long length, int flags) throws LastErrorException;

    long send(int fd, byte[] buffer, long length, int flags) throws LastErrorException;
  }

  /** EtherType of slow protocols, LACP among them. */
  private static final short SLOW_PROTOCOLS = (short) 0x8809;

  private static final byte[] GROUP = HexFormat.of().parseHex("0180c2000002");
  private static final byte[] ADDRESS = HexFormat.ofDelimiter(":").parseHex(SYSTEM);
  private static final int ETHERNET_HEADER = 14;
  private static final int PDU = 110;

  /** Where the sender's own part begins in a frame, and how long it is, its state the last byte. */
  private static final int ACTOR = 18;

  private static final int INFORMATION = 15;
  private static final byte INFORMATION_WITH_HEADER = 20;
  private static final byte SHORT_TIMEOUT = 0x02;

  /** Active, aggregatable, in sync, collecting, distributing. */
  private static final byte READY = 0x3d;

  private static final short LOWEST_PRIORITY = (short) 0xffff;
  private static final short KEY = 33;

  private LacpPartner() {}

  /** The command that runs one at these interfaces. */
  static List<String> command(String... interfaces) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                LacpPartner.class.getName()));
    words.addAll(Arrays.asList(interfaces));
    return words;
  }

  /** Answers on these interfaces until it is killed. */
  public static void main(String... interfaces) {
    for (int i = 0; i < interfaces.length; i++) {
      int socket = open(interfaces[i]);
      short port = (short) (i + 1);
      new Thread(() -> answer(socket, port), interfaces[i]).start();
    }
    System.out.println("ready");
  }

  private static int open(String name) {
    CLibrary c = CLibrary.C;
    int index = c.if_nametoindex(name);
    int socket =
        c.socket(
            CLibrary.AF_PACKET, CLibrary.SOCK_RAW, Short.reverseBytes(SLOW_PROTOCOLS) & 0xffff);
    byte[] address =
        ByteBuffer.allocate(20)
            .order(ByteOrder.nativeOrder())
            .putShort((short) CLibrary.AF_PACKET)
            .putShort(Short.reverseBytes(SLOW_PROTOCOLS))
            .putInt(index)
            .array();
    c.bind(socket, address, address.length);
    byte[] membership =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putInt(index)
            .putShort(CLibrary.PACKET_MR_MULTICAST)
            .putShort((short) GROUP.length)
            .put(GROUP)
            .array();
    c.setsockopt(
        socket, CLibrary.SOL_PACKET, CLibrary.PACKET_ADD_MEMBERSHIP, membership, membership.length);
    return socket;
  }

  private static void answer(int socket, short port) {
    byte[] frame = new byte[2048];
    while (true) {
      long length = CLibrary.C.recv(socket, frame, frame.length, 0);
      boolean lacp = length >= ACTOR + INFORMATION && frame[ETHERNET_HEADER] == 1;
      boolean ours = Arrays.equals(frame, 6, 12, ADDRESS, 0, ADDRESS.length);
      if (lacp && !ours) {
        byte[] reply = reply(Arrays.copyOfRange(frame, ACTOR, ACTOR + INFORMATION), port);
        CLibrary.C.send(socket, reply, reply.length, 0);
      }
    }
  }

  /** A frame that answers the box's port, of which this is what it told of itself. */
  static byte[] reply(byte[] partner, short port) {
    byte timeout = (byte) (partner[INFORMATION - 1] & SHORT_TIMEOUT);
    return ByteBuffer.allocate(ETHERNET_HEADER + PDU)
        .put(GROUP)
        .put(ADDRESS)
        .putShort(SLOW_PROTOCOLS)
        .put(new byte[] {1, 1}) // LACP, version 1
        .put(new byte[] {1, INFORMATION_WITH_HEADER})
        .putShort(LOWEST_PRIORITY)
        .put(ADDRESS)
        .putShort(KEY)
        .putShort((short) 0xff)
        .putShort(port)
        .put((byte) (READY | timeout))
        .put(new byte[3])
        .put(new byte[] {2, INFORMATION_WITH_HEADER})
        .put(partner)
        .put(new byte[3])
        .put(new byte[] {3, 16}) // no delay in collecting; the rest is zero
        .array();
  }
}
