package io.airbox.netplan.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Netplan files with accidents and malice, the same for the same seed. */
public final class FuzzedDocuments {
  private static final List<String> GOOD =
      List.of(
          """
          network:
            version: 2
            renderer: networkd
            ethernets:
              eth0:
                dhcp4: yes
                addresses: []
                optional: yes
                dhcp-identifier: mac
              eth1:
                dhcp4: no
                addresses: [192.168.150.1/24]
                optional: yes
          """,
          """
          # by hand
          network:
            ethernets:
              eth0: &port
                optional: true   # do not wait
              eth1: *port
            bonds:
              bond0:
                interfaces:
                - eth0
                - eth1
                addresses:
                - 10.0.0.2/24
                - "2001:db8::2/64"
                routes: [{to: 0.0.0.0/0, via: 10.0.0.1, metric: 100}]
                nameservers:
                  addresses: [10.0.0.1, '2001:db8::1']
                  search: [example.org]
                mtu: 1500
                parameters:
                  mode: active-backup
                  mii-monitor-interval: 100
                  primary: eth0
          """,
          """
          network: {version: 2, ethernets: {lan: {match: {name: "eth*"}, dhcp6: on,
            dhcp6-overrides: {route-metric: 7}, link-local: [ ipv4, ipv6 ], accept-ra: false,
            macaddress: 02:00:00:00:00:01, wakeonlan: true}},
           vlans: {v7: {id: 7, link: lan, addresses: [10.7.0.1/24], gateway4: 10.7.0.254}}}
          """);

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r\n",
          "\r",
          "\t",
          " ",
          "  ",
          "\n  ",
          "\n      ",
          ":",
          ": ",
          "- ",
          "-",
          "? ",
          "? a\n: b",
          "[",
          "]",
          "{",
          "}",
          ",",
          "[]",
          "{}",
          "[[",
          "{{",
          "&a ",
          "*a",
          "&port ",
          "*port",
          "!",
          "!!str ",
          "!<x>",
          "|",
          "|\n",
          ">-\n",
          "|2\n",
          "'",
          "\"",
          "\"\\n\"",
          "\"\\u2028\"",
          "\"\\x00\"",
          "\"\\ud800\"",
          "\"a\\\n  b\"",
          "#",
          " # x",
          "---\n",
          "...\n",
          "--- ",
          "%YAML 1.1\n---\n",
          "%YAML 9.9\n---\n",
          "%TAG ! x\n",
          "<<: ",
          "null",
          "~",
          "yes",
          "No",
          "0x10",
          "1e3",
          "4294967295",
          "-1",
          "99999999999999999999",
          "eth0",
          "eth0:",
          "network:",
          "ethernets:",
          "bonds:",
          "addresses:",
          "routes:",
          "10.0.0.1/24",
          "::1/64",
          "fe80::1",
          "default",
          "\u0000",
          "\u0007",
          "\u0085",
          "\u2028",
          "\ufeff",
          "😀",
          "é",
          "\ud800",
          "@",
          "`",
          "%",
          "=",
          ";",
          "../../x",
          "a\n[Route]",
          "dhcp4: {a: b}",
          "match: {}",
          "set-name: ",
          "parameters: []",
          "interfaces: [eth0, eth0]");

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9/._-]+");

  private static final List<String> WORDS =
      List.of(
          "eth0",
          "eth1",
          "bond0",
          "lan",
          "v7",
          "ethernets",
          "bonds",
          "vlans",
          "bridges",
          "wifis",
          "addresses",
          "routes",
          "gateway4",
          "gateway6",
          "dhcp4",
          "dhcp6",
          "mtu",
          "match",
          "set-name",
          "interfaces",
          "parameters",
          "nameservers",
          "search",
          "renderer",
          "link",
          "macaddress",
          "10.0.0.1/24",
          "10.0.0.0/24",
          "10.0.0.1",
          "0.0.0.0/0",
          "255.255.255.255/32",
          "127.0.0.1/8",
          "'::/0'",
          "'fe80::1/64'",
          "'::ffff:10.0.0.1/96'",
          "default",
          "yes",
          "no",
          "null",
          "~",
          "''",
          "4294967295",
          "4294967296",
          "0",
          "-1",
          "1e9",
          "65536",
          "802.3ad",
          "balance-rr",
          "100ms",
          "9999999999s",
          "\"a\\nb\"",
          "\"\\0\"",
          "[]",
          "{}",
          "[a, b]",
          "{a: b}",
          "[[eth0]]",
          "*port",
          "&x y",
          "NetworkManager",
          "all",
          "a-name-that-is-longer-than-fifteen",
          "../x",
          "é");

  private FuzzedDocuments() {}

  /** The whole file. */
  public static byte[] of(long seed) {
    Random random = new Random(seed);
    byte[] bytes =
        random.nextInt(8) == 0
            ? soup(random)
            : GOOD.get(random.nextInt(GOOD.size())).getBytes(UTF_8);
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> mutatedText(bytes, random);
            case 1 -> mutatedLines(bytes, random);
            default -> mutatedWord(bytes, random);
          };
    }
    return bytes;
  }

  private static byte[] soup(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(60); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString().getBytes(UTF_8);
  }

  private static byte[] mutatedText(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + random.nextInt(6));
    byte[] piece =
        switch (random.nextInt(4)) {
          case 0 -> new byte[0];
          case 1 -> new byte[] {(byte) random.nextInt(256)};
          default -> PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.writeBytes(piece);
    int rest = random.nextBoolean() ? at : to;
    out.write(bytes, rest, bytes.length - rest);
    return out.toByteArray();
  }

  /** Another word in place of one, so that most files stay YAML. */
  private static byte[] mutatedWord(byte[] bytes, Random random) {
    String text = new String(bytes, UTF_8);
    List<MatchResult> words = WORD.matcher(text).results().toList();
    if (words.isEmpty()) {
      return bytes;
    }
    MatchResult word = words.get(random.nextInt(words.size()));
    String other = WORDS.get(random.nextInt(WORDS.size()));
    return (text.substring(0, word.start()) + other + text.substring(word.end())).getBytes(UTF_8);
  }

  private static byte[] mutatedLines(byte[] bytes, Random random) {
    List<String> lines =
        new ArrayList<>(Arrays.asList(new String(bytes, UTF_8).split("(?<=\n)", -1)));
    int at = random.nextInt(lines.size());
    switch (random.nextInt(6)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
      case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
      case 3 -> lines.set(at, " ".repeat(random.nextInt(5)) + lines.get(at));
      case 4 -> lines.set(at, lines.get(at).replaceFirst("^  ", ""));
      default -> lines.replaceAll(line -> line.replaceFirst("\\r?\n", "\r\n"));
    }
    return String.join("", lines).getBytes(UTF_8);
  }
}
