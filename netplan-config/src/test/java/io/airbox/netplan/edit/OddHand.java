package io.airbox.netplan.edit;

import io.airbox.netplan.edit.YamlValue.Flag;
import io.airbox.netplan.edit.YamlValue.Items;
import io.airbox.netplan.edit.YamlValue.Keys;
import io.airbox.netplan.edit.YamlValue.Text;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.NetworkSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes settings as people do: each line in another style, with comments and other keys. */
final class OddHand {
  private final Random random;
  private final int step;

  OddHand(long seed) {
    random = new Random(seed);
    step = 2 + random.nextInt(3);
  }

  String write(NetworkSettings settings) {
    Map<String, YamlValue> network = new LinkedHashMap<>();
    network.put("version", new Text("2"));
    Map<String, YamlValue> ports = new LinkedHashMap<>();
    for (Ethernet port : settings.ethernets().values()) {
      ports.put(port.id(), keys(SettingsValues.of(port)));
    }
    network.put("ethernets", new Keys(ports));
    Map<String, YamlValue> bonds = new LinkedHashMap<>();
    for (Bond bond : settings.bonds().values()) {
      bonds.put(bond.id(), keys(SettingsValues.of(bond)));
    }
    if (!bonds.isEmpty()) {
      network.put("bonds", new Keys(bonds));
    }
    StringBuilder out = new StringBuilder();
    block(new Keys(Map.of("network", new Keys(network))), 0, out);
    String text = out.toString();
    if (random.nextInt(4) == 0) {
      text = text.stripTrailing();
    }
    return random.nextInt(3) == 0 ? text.replace("\n", "\r\n") : text;
  }

  private YamlValue keys(Map<List<String>, YamlValue> values) {
    Map<String, YamlValue> keys = new LinkedHashMap<>();
    if (random.nextInt(3) == 0) {
      // a key that settings have no room for
      keys.put("ipv6-privacy", new Flag(true));
    }
    values.forEach(
        (path, value) -> {
          if (path.size() == 1) {
            keys.put(path.get(0), value);
          } else {
            Map<String, YamlValue> inner =
                new LinkedHashMap<>(
                    keys.get(path.get(0)) instanceof Keys known ? known.entries() : Map.of());
            inner.put(path.get(1), value);
            keys.put(path.get(0), new Keys(inner));
          }
        });
    return new Keys(keys);
  }

  private void block(Keys keys, int indent, StringBuilder out) {
    keys.entries()
        .forEach(
            (key, value) -> {
              remark(indent, out);
              out.append(" ".repeat(indent)).append(scalar(key, false)).append(':');
              if (value instanceof Keys inner
                  && !inner.entries().isEmpty()
                  && (indent < 2 * step || random.nextInt(4) > 0)) {
                endOfLine(out);
                block(inner, indent + step, out);
              } else if (value instanceof Items list
                  && !list.items().isEmpty()
                  && random.nextBoolean()) {
                endOfLine(out);
                int dashes = indent + (random.nextBoolean() ? 0 : step);
                for (YamlValue item : list.items()) {
                  remark(dashes, out);
                  out.append(" ".repeat(dashes)).append("- ").append(flow(item, false));
                  endOfLine(out);
                }
              } else {
                out.append(' ').append(flow(value, false));
                endOfLine(out);
              }
            });
  }

  private void remark(int indent, StringBuilder out) {
    if (random.nextInt(6) == 0) {
      out.append(random.nextBoolean() ? "" : " ".repeat(indent)).append("# dhcp4: [maybe]\n");
    } else if (random.nextInt(10) == 0) {
      out.append('\n');
    }
  }

  private void endOfLine(StringBuilder out) {
    out.append(random.nextInt(6) == 0 ? "  # why: [not]\n" : "\n");
  }

  private String flow(YamlValue value, boolean inFlow) {
    if (value instanceof Text scalar) {
      return scalar(scalar.text(), inFlow);
    }
    if (value instanceof Flag flag) {
      String[][] words = {{"yes", "no"}, {"true", "false"}, {"on", "off"}, {"Y", "N"}};
      return words[random.nextInt(words.length)][flag.value() ? 0 : 1];
    }
    String gap = random.nextBoolean() ? "" : " ";
    if (value instanceof Items list) {
      return "["
          + gap
          + String.join(gap + ", ", list.items().stream().map(item -> flow(item, true)).toList())
          + (random.nextInt(4) == 0 && !list.items().isEmpty() ? "," : gap)
          + "]";
    }
    return "{"
        + gap
        + String.join(
            ", ",
            ((Keys) value)
                .entries().entrySet().stream()
                    .map(e -> scalar(e.getKey(), true) + ": " + flow(e.getValue(), true))
                    .toList())
        + gap
        + "}";
  }

  private String scalar(String text, boolean inFlow) {
    boolean plain =
        (inFlow ? YamlValue.PLAIN : YamlValue.PLAIN_ON_A_LINE).matcher(text).matches()
            || YamlValue.PLAIN.matcher(text).matches();
    return switch (random.nextInt(plain ? 6 : 2)) {
      case 0 -> "'" + text + "'";
      case 1 -> '"' + text + '"';
      default -> text;
    };
  }
}
