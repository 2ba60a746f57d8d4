package io.airbox.netplan.edit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.preset.Preset;
import io.airbox.netplan.settings.NetworkSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a file says, an edit reaches what is wanted or is refused. */
final class EditFuzzTest {
  private static final String[] SCRAPS = {
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "#",
    "#airbox|",
    "'",
    "\"",
    "? ",
    "|\n",
    "eth0:",
    "dhcp4: ",
    "addresses: ",
    "\r\n",
    "!!str ",
    "---\n",
    ", ",
    "~",
    "no",
    "bonds:\n",
    "#airbox: 3+1 0123456789ab\n",
    "#airbox: 99999+0 0123456789ab\n",
    "\t",
    "é"
  };

  @Property(tries = 300)
  void neverBreaks(@ForAll long seed) {
    Random random = new Random(seed);
    NetworkSettings settings = new AnySettings(seed).next();
    StringBuilder text = new StringBuilder(new OddHand(seed).write(settings));
    if (random.nextBoolean()) {
      String memory = WayBack.attach(text.toString(), new OddHand(seed + 1).write(settings), "\n");
      text.setLength(0);
      text.append(memory);
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      if (random.nextBoolean()) {
        text.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
      } else {
        text.delete(at, Math.min(text.length(), at + random.nextInt(12)));
      }
    }
    List<NetplanFile> files =
        List.of(
            new NetplanFile(Folder.ETC, "01-netcfg.yaml", text.toString().getBytes(UTF_8), false));
    NetplanConfiguration now = NetplanConfiguration.of(files);
    Preset preset =
        List.of(Preset.FACTORY_DEFAULT, Preset.BOTH_DHCP, Preset.BOND_802_3AD, Preset.DIRECT_CABLE)
            .get(random.nextInt(4));
    try {
      NetworkSettings wanted = preset.settings(now.settings(), Map.of());
      Map<String, Optional<byte[]>> changes = NetplanEdit.edit(now, wanted);
      assertThat(NetplanConfiguration.of(NetplanEdit.after(files, changes)).settings().interfaces())
          .containsOnlyKeys(wanted.interfaces().keySet());
    } catch (NetplanException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
