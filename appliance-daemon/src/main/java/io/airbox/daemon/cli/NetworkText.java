package io.airbox.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The network in words for a terminal of 80 columns. */
final class NetworkText {
  private static final int WIDTH = 80;
  private static final String UNKNOWN = "?";

  private NetworkText() {}

  /** Everything that {@code GET /api/v1/network} tells. */
  static String network(JsonObject network) {
    List<String> parts = new ArrayList<>();
    JsonObject live = network.getJsonObject("live");
    JsonObject configuration = network.getJsonObject("configuration");
    String through = network.getString("reached_through");
    Table ports = new Table("PORT", "LINK", "ADDRESSES", "SET IN");
    Set<String> seen = new HashSet<>();
    for (JsonObject each : objects(live.getJsonArray("interfaces"))) {
      if (!each.getString("kind").equals("loopback")) {
        String name = each.getString("name");
        seen.add(name);
        ports.row(
            name + (name.equals(through) ? " *" : ""),
            link(each),
            addresses(each),
            setIn(configuration.getJsonObject("origins"), name));
      }
    }
    addUnseen(ports, configuration, seen);
    parts.add(ports.toString());
    if (through != null) {
      parts.add("* the way by which you reach the box");
    }
    for (JsonObject each : objects(live.getJsonArray("interfaces"))) {
      JsonObject bond = each.getJsonObject("bond");
      if (bond != null) {
        parts.add(bond(each.getString("name"), bond));
      }
    }
    parts.add(facts(network, live).toString());
    objects(configuration.getJsonArray("findings")).forEach(each -> parts.add(finding(each)));
    JsonObject transaction = network.getJsonObject("transaction");
    if (transaction != null && transaction.getString("ended") == null) {
      parts.add(transaction(transaction));
    }
    return String.join("\n\n", parts);
  }

  /** Ports and bonds that only the files tell of: a tree without its kernel has no others. */
  private static void addUnseen(Table ports, JsonObject configuration, Set<String> seen) {
    JsonObject settings = configuration.getJsonObject("settings");
    for (String kind : List.of("ethernets", "bonds")) {
      JsonObject all = settings.getJsonObject(kind);
      for (String id : all.fieldNames()) {
        JsonObject set = all.getJsonObject(id);
        String name = set.getString("set-name", id);
        if (!seen.contains(name)) {
          ports.row(
              name, "not seen live", set(set), setIn(configuration.getJsonObject("origins"), id));
        }
      }
    }
  }

  private static String set(JsonObject settings) {
    List<String> set = new ArrayList<>();
    if (settings.getBoolean("dhcp4") || settings.getBoolean("dhcp6")) {
      set.add("DHCP");
    }
    for (Object address : settings.getJsonArray("addresses")) {
      set.add(
          address instanceof JsonObject labelled
              ? labelled.fieldNames().iterator().next()
              : String.valueOf(address));
    }
    return set.isEmpty() ? "none" : String.join(", ", set);
  }

  private static Table facts(JsonObject network, JsonObject live) {
    Table facts = new Table().row("host name", text(network.getString("hostname")));
    JsonArray routes = live.getJsonArray("routes");
    if (routes != null) {
      for (JsonObject route : objects(routes)) {
        if (route.getString("to").equals("default")) {
          facts.row(
              "default route",
              text(route.getString("via"))
                  + " by "
                  + route.getString("interface")
                  + (route.getInteger("metric") == null
                      ? ""
                      : ", metric " + route.getInteger("metric")));
        }
      }
    }
    facts.row("name servers", join(live.getJsonArray("nameservers")));
    JsonObject versions = network.getJsonObject("versions");
    facts.row("netplan", text(versions.getString("netplan.io")));
    facts.row(
        "settings",
        switch (network.getString("persistence")) {
          case "persistent" -> "stay";
          case "overlay" -> "stay until a factory reset";
          case "volatile" -> "go with the next restart";
          default -> UNKNOWN;
        });
    return facts;
  }

  private static String link(JsonObject each) {
    Boolean up = each.getBoolean("up");
    Boolean carrier = each.getBoolean("carrier");
    if (Boolean.FALSE.equals(up)) {
      return "off";
    }
    if (Boolean.FALSE.equals(carrier)) {
      return "no cable";
    }
    Integer speed = each.getInteger("speed");
    String word = carrier == null ? UNKNOWN : "up";
    return speed == null ? word : word + " " + speed + "M " + text(each.getString("duplex"));
  }

  private static String addresses(JsonObject each) {
    String master = each.getString("master");
    if (master != null) {
      return "port of " + master;
    }
    List<String> addresses = new ArrayList<>();
    for (JsonObject address : objects(each.getJsonArray("addresses"))) {
      if (!List.of("link", "host").contains(address.getString("scope"))) {
        addresses.add(
            address.getString("address") + (address.getBoolean("dynamic") ? " (dynamic)" : ""));
      }
    }
    return addresses.isEmpty() ? "none" : String.join(", ", addresses);
  }

  private static String setIn(JsonObject origins, String name) {
    for (String kind : List.of("ethernets.", "bonds.")) {
      String whole = origins.getString(kind + name);
      if (whole != null) {
        return whole;
      }
      for (String path : origins.fieldNames()) {
        if (path.startsWith(kind + name + ".")) {
          return origins.getString(path);
        }
      }
    }
    return "";
  }

  private static String bond(String name, JsonObject bond) {
    Table ports = new Table("PORT OF " + name.toUpperCase(Locale.ROOT), "LINK", "LACP", "LOST");
    for (JsonObject member : objects(bond.getJsonArray("members"))) {
      Boolean bundled = member.getBoolean("bundled");
      ports.row(
          member.getString("name")
              + (member.getString("name").equals(bond.getString("active")) ? " (in use)" : ""),
          yes(member.getBoolean("link"), "up", "down")
              + (member.getInteger("speed") == null ? "" : " " + member.getInteger("speed") + "M"),
          yes(bundled, "agreed", "no agreement"),
          member.getInteger("failures") == null ? UNKNOWN : member.getInteger("failures") + "×");
    }
    return name + " is " + text(bond.getString("mode")) + "\n" + ports;
  }

  private static String yes(@Nullable Boolean value, String yes, String no) {
    return value == null ? UNKNOWN : value ? yes : no;
  }

  /** Whether the network works. */
  static String check(JsonObject check) {
    Table ways = new Table("PORT", "LINK", "ADDRESS", "LAST REACHED THERE");
    for (JsonObject way : objects(check.getJsonArray("ways"))) {
      String name = way.getString("interface");
      String link = yes(way.getBoolean("carrier"), "up", "no cable");
      List<JsonObject> addresses = objects(way.getJsonArray("addresses"));
      if (addresses.isEmpty()) {
        ways.row(name, link, "none", "");
      }
      for (JsonObject each : addresses) {
        Integer asked = each.getInteger("asked_seconds");
        ways.row(
            name,
            link,
            each.getString("address") + (each.getBoolean("leased") ? " (dynamic)" : ""),
            asked == null ? "not yet" : asked + " s ago");
      }
    }
    Table peers = new Table();
    objects(check.getJsonArray("gateways"))
        .forEach(
            each ->
                peers.row(
                    "gateway",
                    each.getString("address") + " by " + text(each.getString("interface")),
                    answers(each)));
    objects(check.getJsonArray("nameservers"))
        .forEach(each -> peers.row("name server", each.getString("address"), answers(each)));
    return peers.isEmpty() ? ways.toString() : ways + "\n\n" + peers;
  }

  private static String answers(JsonObject peer) {
    return yes(peer.getBoolean("answers"), "answers", "does not answer");
  }

  /** A plan: what changes, what comes of it, how to go on. */
  static String plan(JsonObject plan, boolean generated) {
    List<String> parts = new ArrayList<>();
    if (!plan.getBoolean("changes")) {
      parts.add("nothing changes");
    }
    parts.add(lines(plan.getString("yaml_diff")));
    if (generated) {
      parts.add(lines(plan.getString("generated_diff")));
    }
    objects(plan.getJsonArray("findings")).forEach(each -> parts.add(finding(each)));
    objects(plan.getJsonArray("consequences"))
        .forEach(each -> parts.add(wrapped("- " + each.getString("text"))));
    for (JsonObject editor : objects(plan.getJsonArray("editors"))) {
      parts.add(
          wrapped(
              "- "
                  + editor.getString("program")
                  + " also writes "
                  + editor.getString("files")
                  + ": "
                  + editor.getString("advice")));
    }
    JsonArray urls = plan.getJsonArray("urls");
    if (!urls.isEmpty()) {
      parts.add(wrapped("- the page is then at " + join(urls)));
    }
    if (Boolean.TRUE.equals(plan.getBoolean("needs_force"))) {
      parts.add(
          wrapped(
              "- then no port with a cable has an address: only the serial console is left, and it"
                  + " takes --force"));
    }
    parts.add("plan " + plan.getString("id"));
    parts.removeIf(String::isEmpty);
    return String.join("\n", parts);
  }

  /** Why a change is refused: the sentence, and each finding in a line. */
  static String refusal(String sentence, JsonArray findings) {
    List<String> lines = new ArrayList<>(List.of(sentence + ":"));
    objects(findings).forEach(each -> lines.add(finding(each)));
    return String.join("\n", lines);
  }

  private static String finding(JsonObject finding) {
    String file = finding.getString("file");
    Integer line = finding.getInteger("line");
    return wrapped(
        "- "
            + finding.getString("severity")
            + ": "
            + (file == null ? "" : file + (line == null ? "" : ":" + line) + ": ")
            + finding.getString("message")
            + (finding.getString("advice").isEmpty() ? "" : "; " + finding.getString("advice")));
  }

  static String presets(JsonObject presets) {
    List<String> parts = new ArrayList<>();
    for (JsonObject preset : objects(presets.getJsonArray("presets"))) {
      List<String> lines = new ArrayList<>();
      lines.add(preset.getString("id") + ": " + Table.harmless(preset.getString("title")));
      for (JsonObject field : objects(preset.getJsonArray("fields"))) {
        String usual = field.getString("default");
        lines.add(
            indented(
                field.getString("name")
                    + (field.getBoolean("required") ? " (needed)" : "")
                    + ": "
                    + field.getString("description")
                    + (usual.isEmpty() ? "" : " Default: " + usual)));
      }
      if (!preset.getString("switch").isEmpty()) {
        lines.add(indented(preset.getString("switch")));
      }
      parts.add(String.join("\n", lines));
    }
    return String.join("\n", parts);
  }

  static String transaction(JsonObject transaction) {
    String state = transaction.getString("state");
    Table facts = new Table().row("change", transaction.getString("id")).row("state", words(state));
    if (transaction.getString("reason") != null) {
      facts.row("because", transaction.getString("reason"));
    }
    if (transaction.getString("ended") == null) {
      facts.row("goes back in", transaction.getInteger("left_seconds") + " s");
      facts.row("page", join(transaction.getJsonArray("urls")));
    }
    return facts.toString();
  }

  /** A state of a change. */
  static String words(String state) {
    return switch (state) {
      case "prepared" -> "about to begin";
      case "applying" -> "coming into effect";
      case "awaiting_confirm" -> "in effect, waits to be confirmed";
      case "confirmed" -> "kept";
      case "rolling_back" -> "going back to the former settings";
      case "rolled_back" -> "the former settings are back";
      case "rollback_failed" -> "the former settings did not come back: look at the box";
      default -> state;
    };
  }

  static String history(JsonObject history, int limit, boolean diff) {
    List<JsonObject> entries = objects(history.getJsonArray("entries"));
    List<String> parts = new ArrayList<>();
    // newest last, as the audit log has it
    for (int i = Math.min(limit, entries.size()) - 1; i >= 0; i--) {
      JsonObject entry = entries.get(i);
      parts.add(
          Table.harmless(
              String.join(
                  "  ",
                  entry.getString("id"),
                  Moment.seconds(entry.getString("started")),
                  entry.getString("actor"),
                  words(entry.getString("state")))));
      if (diff) {
        parts.add(lines(entry.getString("diff")));
      }
    }
    return String.join("\n", parts);
  }

  /** A text of several lines, none of which a terminal obeys. */
  private static String lines(String text) {
    return text.stripTrailing().lines().map(Table::harmless).collect(Collectors.joining("\n"));
  }

  private static String indented(String text) {
    return wrapped("  " + text);
  }

  /** In lines that fit; those after the first are indented. */
  private static String wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    String plain = Table.harmless(text);
    String indent = plain.startsWith(" ") ? "  " : "";
    for (String word : plain.strip().split(" +")) {
      if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
        line.append("  ").append(indent).append(word);
      } else {
        line.append(line.length() == 0 ? indent : " ").append(word);
      }
    }
    lines.add(line.toString());
    return String.join("\n", lines);
  }

  private static String text(@Nullable String text) {
    return text == null || text.isEmpty() ? UNKNOWN : text;
  }

  private static String join(JsonArray texts) {
    return texts.isEmpty()
        ? "none"
        : texts.stream()
            .map(each -> Table.harmless(String.valueOf(each)))
            .collect(Collectors.joining(", "));
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }
}
