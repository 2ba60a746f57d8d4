package io.airbox.daemon.cli;

import io.airbox.flasher.Finding;
import io.airbox.flasher.card.CardFault;
import io.airbox.flasher.card.CardProof;
import io.airbox.flasher.card.Prepared;
import io.airbox.flasher.console.HostTrap;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.plan.FlashPlan;
import io.airbox.flasher.plan.PlannedWrite;
import io.airbox.flasher.watch.Evidence;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.Problem;
import io.airbox.flasher.watch.Remark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Card packages and flash reports as lines for people. */
final class FlashText {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};
  private static final int UNIT = 1024;

  private FlashText() {}

  static String plan(CardPackage card) {
    FlashPlan plan = card.plan();
    Table facts = new Table();
    facts.row("package", card.path() + " (" + card.form().text() + ")");
    if (!card.folder().isEmpty()) {
      facts.row("folder", card.folder());
    }
    facts.row("files", card.files() + ", " + size(card.bytes()));
    facts.row(
        "writes",
        plan.writes().size() + " chunks, " + plan.blocks() + " blocks, " + blocks(plan.blocks()));
    facts.row(
        "eMMC", "of " + plan.targetBlocks() + " blocks or more, " + blocks(plan.targetBlocks()));
    facts.row("boot firmware", plan.firmware() ? "is written first" : "stays as it is");
    facts.row("time", "about " + time(plan.estimate()));
    Table partitions = new Table("PARTITION", "FIRST BLOCK", "BLOCKS", "SIZE", "CHUNKS", "ON CARD");
    plan.byPartition()
        .forEach((name, writes) -> partitions.row(cells(name, writes).toArray(String[]::new)));
    StringBuilder text = new StringBuilder(facts.toString());
    if (!plan.writes().isEmpty()) {
      text.append("\n\n").append(partitions);
    }
    text.append("\n\n").append(findings(card));
    return text.toString();
  }

  private static List<String> cells(String name, List<PlannedWrite> writes) {
    long blocks = writes.stream().mapToLong(PlannedWrite::count).sum();
    return List.of(
        name,
        Long.toString(writes.get(0).firstBlock()),
        Long.toString(blocks),
        blocks(blocks),
        Integer.toString(writes.size()),
        size(writes.stream().mapToLong(write -> Math.max(0, write.compressedBytes())).sum()));
  }

  static String findings(CardPackage card) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : card.findings()) {
      text.append(finding.error() ? "error    " : "warning  ")
          .append(finding.code())
          .append("  ")
          .append(Table.harmless(finding.toString()))
          .append('\n');
    }
    boolean everything = card.depth() == CardPackage.Depth.EVERYTHING;
    return text
        + (card.usable()
            ? everything ? "fit for flashing" : "fit for flashing as far as it was read (--quick)"
            : "not fit for flashing");
  }

  static String prepared(Prepared prepared, Path target) {
    CardPackage card = prepared.card();
    if (!card.usable()) {
      return findings(card)
          + ": the package is defective. The card was left so that no box starts from it.";
    }
    return target
        + ": "
        + card.files()
        + " files, "
        + size(prepared.written())
        + " written"
        + (prepared.kept() > 0 ? ", " + size(prepared.kept()) + " were there already" : "");
  }

  static String proof(CardProof proof) {
    StringBuilder text = new StringBuilder();
    for (CardFault fault : proof.faults()) {
      text.append("fault    ").append(fault.culprit()).append("  ");
      text.append(Table.harmless(fault.where() + ": " + fault.value()));
      text.append("\n  cause  ").append(fault.culprit().text());
      text.append("\n  try    ").append(fault.culprit().advice()).append('\n');
    }
    for (Finding finding : proof.card().findings()) {
      if (!finding.error()) {
        text.append("warning  ").append(finding.code()).append("  ");
        text.append(Table.harmless(finding.toString())).append('\n');
      }
    }
    proof.gaps().forEach(gap -> text.append("unproven ").append(gap).append('\n'));
    return text.append(proof.verdict())
        .append(": ")
        .append(proof.card().files())
        .append(" files, ")
        .append(size(proof.card().bytes()))
        .append(": ")
        .append(proof.verdict().text())
        .toString();
  }

  static String ports(List<Port> ports, List<HostTrap> traps) {
    StringBuilder text = new StringBuilder();
    if (ports.isEmpty()) {
      text.append("no serial port: plug the box's debug port in with a cable that carries data");
    } else {
      Table table = new Table("PORT", "WHAT", "SERIAL NUMBER", "AT");
      for (Port port : ports) {
        table.row(
            port.path(),
            port.bridge().text(),
            port.serialNumber().isEmpty() ? "-" : port.serialNumber(),
            port.location().isEmpty() ? "-" : port.location());
      }
      text.append(table);
    }
    for (HostTrap trap : traps) {
      text.append("\n\nin the way: ").append(trap.cause());
      text.append("\n  seen  ").append(Table.harmless(trap.evidence()));
      text.append("\n  try   ").append(trap.cure());
    }
    return text.toString();
  }

  static String report(FlashReport report) {
    Table facts = new Table();
    facts.row("verdict", report.verdict() + ": " + report.verdict().text());
    report.reasons().forEach(reason -> facts.row("", reason));
    facts.row("stage", report.stage().text());
    facts.row("writes", report.written() + " of " + written(report));
    if (!report.bootLoader().isEmpty()) {
      facts.row("boot loader", "U-Boot " + report.bootLoader());
    }
    StringBuilder text = new StringBuilder(facts.toString());
    for (Problem problem : report.problems()) {
      text.append("\n\n").append(problem(problem));
    }
    if (!report.remarks().isEmpty()) {
      text.append("\n\nharmless:");
      for (Remark remark : report.remarks()) {
        text.append("\n  ").append(remark.notice().meaning());
        text.append("\n    ").append(seen(remark.evidence(), remark.times()));
      }
    }
    return text.toString();
  }

  static String problem(Problem problem) {
    String where = problem.where().isEmpty() ? "" : "  " + Table.harmless(problem.where());
    return "problem  "
        + problem.symptom()
        + where
        + "\n  cause  "
        + problem.symptom().cause()
        + "\n  seen   "
        + seen(problem.evidence(), problem.times())
        + "\n  try    "
        + problem.symptom().advice();
  }

  private static String written(FlashReport report) {
    return report.writes().size() + (report.planned() ? " planned, as planned" : " that were seen");
  }

  private static String seen(Evidence evidence, long times) {
    String line =
        evidence.text().isEmpty()
            ? "up to line " + evidence.line()
            : (evidence.line() > 0 ? "line " + evidence.line() + ": " : "in the package: ")
                + Table.harmless(evidence.text());
    return times > 1 ? line + " (" + times + " times)" : line;
  }

  private static String blocks(long blocks) {
    return size(blocks * FlashPlan.BLOCK);
  }

  static String size(long bytes) {
    if (bytes < UNIT) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= UNIT && unit < UNITS.length - 1) {
      value /= UNIT;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  static String time(Duration time) {
    long minutes = Math.max(1, Math.round(time.toSeconds() / 60.0));
    return minutes == 1 ? "a minute" : minutes + " minutes";
  }
}
