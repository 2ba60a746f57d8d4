package io.airbox.netplan.plan;

import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.check.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code netplan generate} prints. Texts differ between versions, so only positions and the
 * class of an error are read from them; the rest is shown as it is.
 */
final class GenerateOutput {
  private static final Pattern ERROR =
      Pattern.compile(
          "(?m)^(.*\\.yaml):(\\d{1,9}):(\\d{1,9}): (Invalid YAML|Error in network definition): (.*)$");
  private static final String CONFLICT = "Conflicting default route";

  private GenerateOutput() {}

  /** Findings of one run; {@code root} is cut out of the texts. */
  static List<Finding> findings(String text, int exitCode, Path root) {
    String shown = text.replace(root.toString(), "").strip();
    List<Finding> findings = new ArrayList<>();
    Matcher error = ERROR.matcher(shown);
    while (error.find()) {
      String file = error.group(1);
      findings.add(
          new Finding(
              Severity.ERROR,
              error.group(4).equals("Invalid YAML") ? "invalid-yaml" : "invalid-definition",
              "",
              new Origin(
                  file.substring(file.lastIndexOf('/') + 1),
                  Integer.parseInt(error.group(2)),
                  Integer.parseInt(error.group(3))),
              "netplan: " + error.group(5),
              "mend that line"));
    }
    if (findings.isEmpty() && !shown.isEmpty()) {
      findings.add(
          exitCode != 0 || shown.contains(CONFLICT)
              ? Finding.error("netplan-refuses", "", "netplan: " + shown, "")
              : Finding.warning("netplan-warns", "", "netplan: " + shown, ""));
    } else if (findings.isEmpty() && exitCode != 0) {
      findings.add(
          Finding.error(
              "netplan-refuses", "", "netplan ended with " + exitCode + " in silence", ""));
    }
    return findings;
  }
}
